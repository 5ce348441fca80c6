import { failure, type AwsReply } from '../protocol/aws-reply';
import type { AwsRequest, RawRequest } from '../protocol/aws-request';
import type { EmulatedService } from '../protocol/emulated-service';

/** Answers `POST`, `GET` and `DELETE /<stage>/@connections/<id>`. */
export type ConnectionsEndpoint = (request: RawRequest) => Promise<AwsReply>;

/** The management API of WebSocket APIs, answered by the gateway once it serves, which holds the connections. */
export class Connections implements EmulatedService {
  readonly signingNames = ['execute-api'];

  /** Set when the gateway serves; until then every connection is gone. */
  endpoint: ConnectionsEndpoint | undefined;

  async answer(request: AwsRequest): Promise<AwsReply> {
    return (
      (await this.endpoint?.(request)) ??
      failure('GoneException', 'No gateway serves this account, so no connection is open.', 410)
    );
  }
}
