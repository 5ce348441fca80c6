import { block } from '../attributes';
import { Rule } from '../rule';
import { stageOf, SynthesizedResource } from '../synthesized-stack';

const REMEDY =
  'give it Protection.full, or say in the code why the data may go (disposableProd in main.ts, KITE_DISPOSABLE_PROD in .env).';

export const SURVIVAL_RULES = [
  {
    name: 'prod-survives-destroy',
    reason: 'One command in the wrong terminal must not delete what visitors and operators have written',
    source:
      'https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy, FSBP DynamoDB.6',
    remedy: REMEDY,
    of: ['aws_dynamodb_table', 'aws_s3_bucket'],
    problem: (resource) => (stageOf(resource) === 'prod' ? unprotected(resource) : undefined),
  },
  {
    name: 'prod-can-be-restored',
    reason: 'With it, data can be restored to any second of the last 35 days',
    source: 'FSBP DynamoDB.2',
    remedy: REMEDY,
    of: ['aws_dynamodb_table'],
    problem: (table) =>
      stageOf(table) === 'prod' && block(table.attributes, 'point_in_time_recovery')['enabled'] !== true
        ? 'its point-in-time recovery is off'
        : undefined,
  },
] as const satisfies readonly Rule[];

function unprotected({ type, attributes }: SynthesizedResource): string | undefined {
  if (block(attributes, 'lifecycle')['prevent_destroy'] !== true) return 'Terraform would destroy it';
  if (type === 'aws_s3_bucket' && attributes['force_destroy'] === true) return 'it would be emptied to be deleted';
  if (type === 'aws_dynamodb_table' && attributes['deletion_protection_enabled'] !== true) {
    return 'AWS would allow deleting it by hand';
  }
  return undefined;
}
