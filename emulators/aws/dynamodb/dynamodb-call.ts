import { errorText, Failure } from '../../failure';

/** No DynamoDB answers at an endpoint. */
export class DynamoDbUnreachable extends Failure {}

/** Calls the JSON protocol of a DynamoDB on this machine, which does not check signatures. */
export type DynamoDbCall = (operation: string, input: object) => Promise<Record<string, unknown>>;

/** DynamoDB refused; `name` is its exception's, e.g. `ResourceNotFoundException`. */
export class DynamoDbRefusal extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Calls of one endpoint and region.
 * The call throws DynamoDbUnreachable if nothing answers there, and DynamoDbRefusal if DynamoDB refuses.
 */
export function dynamoDbAt(endpoint: string, region: string, accessKeyId: string): DynamoDbCall {
  return async (operation, input) => {
    const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${accessKeyId}/${date.slice(0, 8)}/${region}/dynamodb/aws4_request`;
    let response: Response;
    let output: Record<string, unknown>;
    try {
      response = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `DynamoDB_20120810.${operation}`,
          'x-amz-date': date,
          authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
        },
        body: JSON.stringify(input),
      });
      output = (await response.json()) as Record<string, unknown>;
    } catch (error) {
      throw new DynamoDbUnreachable(`No DynamoDB answers at ${endpoint} (${errorText(error)}).`);
    }
    if (!response.ok) {
      const type = String(output['__type'] ?? response.status);
      throw new DynamoDbRefusal(type.replace(/^.*#/, ''), String(output['message'] ?? output['Message'] ?? type));
    }
    return output;
  };
}
