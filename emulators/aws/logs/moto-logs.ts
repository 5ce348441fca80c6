import { randomUUID } from 'node:crypto';

import { json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, withOperation, type AwsRequest } from '../protocol/aws-request';
import { text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';

type Json = Record<string, unknown>;

/**
 * CloudWatch Logs. moto ignores a second PutMetricFilter of the same name, so the first one is deleted before it; and it has no
 * saved queries.
 */
export class Logs implements EmulatedService {
  readonly signingNames = ['logs'];
  private readonly queries = new Map<string, Json>();

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    switch (request.operation) {
      case 'PutMetricFilter': {
        const { logGroupName, filterName } = jsonBody(request);
        await send(withOperation(request, 'DeleteMetricFilter', { logGroupName, filterName }));
        return undefined;
      }
      case 'PutQueryDefinition':
        return this.putQuery(jsonBody(request));
      case 'DescribeQueryDefinitions':
        return this.describeQueries(jsonBody(request));
      case 'DeleteQueryDefinition':
        return json({ success: this.queries.delete(text(jsonBody(request)['queryDefinitionId'])) });
      default:
        return undefined;
    }
  }

  private putQuery({ name, queryString, logGroupNames, ...rest }: Json): AwsReply {
    const queryDefinitionId = text(rest['queryDefinitionId']) || randomUUID();
    this.queries.set(queryDefinitionId, { queryDefinitionId, name, queryString, logGroupNames });
    return json({ queryDefinitionId });
  }

  private describeQueries({ queryDefinitionNamePrefix: prefix }: Json): AwsReply {
    const queryDefinitions = [...this.queries.values()].filter(({ name }) => text(name).startsWith(text(prefix)));
    return json({ queryDefinitions });
  }
}
