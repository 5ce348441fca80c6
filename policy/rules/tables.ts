import { Rule } from '../rule';

// DynamoDB encrypts every table, and no setting turns that off: there is nothing to look at.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html

export const TABLE_RULES = [
  {
    name: 'table-on-demand',
    reason: 'A table with fixed capacity throttles when many visitors come, and costs money when none do',
    source: 'FSBP DynamoDB.1',
    remedy: 'set billingMode to PAY_PER_REQUEST.',
    of: ['aws_dynamodb_table'],
    problem: ({ attributes }) =>
      attributes['billing_mode'] === 'PAY_PER_REQUEST' ? undefined : 'it is not billed on demand',
  },
] as const satisfies readonly Rule[];
