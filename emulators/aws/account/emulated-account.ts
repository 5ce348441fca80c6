import { failure, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, ownRequest, readAwsRequest, type AwsRequest, type RawRequest } from '../protocol/aws-request';
import { isRecord, text } from '../../../json';
import { CallLog } from './call-log';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import { iamActions, type IamAction } from './iam-action';
import { Identities } from './identities';

/** The account as its callers see it: our own answers where moto has none, moto's otherwise, every call recorded. */
export class EmulatedAccount {
  readonly identities = new Identities();
  readonly calls = new CallLog();
  private readonly services = new Map<string, EmulatedService>();
  private webSocketApi: Promise<string> | undefined;

  /** @param moto sends a request to moto */
  constructor(private readonly moto: (raw: RawRequest) => Promise<AwsReply>) {}

  /** Lets a service answer for the names it signs with. */
  add(service: EmulatedService): void {
    for (const name of service.signingNames) this.services.set(name, service);
  }

  /** Answers one request and records it. A failure of the emulator itself is a 500 that says so. */
  async handle(raw: RawRequest): Promise<AwsReply> {
    const request = readAwsRequest(raw);
    const reply = await this.answer(request);
    if (!request.path.startsWith('/moto-api')) {
      const made = { at: Date.now(), caller: this.identities.arnOf(request.accessKeyId), status: reply.status };
      for (const action of await this.iamActions(request)) this.calls.record({ ...made, ...action });
    }
    return reply;
  }

  /** The address of the management API does not say which API is meant here; it is the account's WebSocket API. */
  private async iamActions(request: AwsRequest): Promise<readonly IamAction[]> {
    if (request.service === 'apigateway' && request.method !== 'GET') this.webSocketApi = undefined;
    const wanted = iamActions(request);
    if (request.service !== 'execute-api') return wanted;
    this.webSocketApi ??= this.findWebSocketApi(request.region);
    const api = await this.webSocketApi;
    return wanted.map((each) => ({ ...each, resource: each.resource.replace(':*/', `:${api}/`) }));
  }

  private async findWebSocketApi(region: string): Promise<string> {
    const reply = await this.moto(ownRequest({ service: 'apigateway', region, method: 'GET', url: '/v2/apis' }));
    const items = reply.status === 200 ? jsonBody(reply)['items'] : [];
    const api = (Array.isArray(items) ? items : []).find(
      (item) => isRecord(item) && item['protocolType'] === 'WEBSOCKET',
    );
    return isRecord(api) ? text(api['apiId']) : '*';
  }

  private async answer(request: AwsRequest): Promise<AwsReply> {
    const send: Send = async (changed) => await this.moto(changed);
    try {
      return (await this.services.get(request.service)?.answer(request, send)) ?? (await send(request));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return failure(
        'InternalFailure',
        `The emulated account could not answer ${request.service} ${request.operation || `${request.method} ${request.path}`}: ${reason}`,
        500,
      );
    }
  }
}
