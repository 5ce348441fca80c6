import type { AwsReply } from './aws-reply';
import { jsonBody, withOperation, type AwsRequest } from './aws-request';
import type { EmulatedService, Send } from './emulated-service';

/** CloudWatch Logs. moto ignores a second PutMetricFilter of the same name; the first one is deleted before it. */
export class Logs implements EmulatedService {
  readonly signingNames = ['logs'];

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    if (request.operation === 'PutMetricFilter') {
      const { logGroupName, filterName } = jsonBody(request);
      await send(withOperation(request, 'DeleteMetricFilter', { logGroupName, filterName }));
    }
    return undefined;
  }
}
