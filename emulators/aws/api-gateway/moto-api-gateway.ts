import { changed, json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, withBody, type AwsRequest } from '../protocol/aws-request';
import { record, records } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';

const ROUTE_RESPONSES = /^\/v2\/apis\/([^/]+)\/routes\/([^/]+)\/routeresponses(?:\/([^/]+))?$/;
const STAGE = /^\/v2\/apis\/([^/]+)\/stages(?:\/([^/]+))?$/;

/**
 * API Gateway v2. moto cannot change a stage, cannot list the responses of a route, and leaves out of a domain name
 * what Terraform waits for.
 */
export class ApiGateway implements EmulatedService {
  readonly signingNames = ['apigateway'];
  /** What was changed of a stage, by `<api>/<stage>`. */
  private readonly stages = new Map<string, Record<string, unknown>>();

  /** Responses by `<api>/<route>` and their id. */
  private readonly routeResponses = new Map<string, Map<string, unknown>>();

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const [, api, stage] = STAGE.exec(request.path) ?? [];
    if (api !== undefined) return await this.stage(api, stage, request, send);
    const [, responsesApi, route, response] = ROUTE_RESPONSES.exec(request.path) ?? [];
    if (responsesApi !== undefined)
      return await this.routeResponse(`${responsesApi}/${route ?? ''}`, response, request, send);
    if (request.path.startsWith('/v2/domainnames')) return changed(await send(request), (body) => domainNames(body));
    return undefined;
  }

  private async routeResponse(
    route: string,
    id: string | undefined,
    request: AwsRequest,
    send: Send,
  ): Promise<AwsReply> {
    const responses = this.routeResponses.get(route) ?? new Map<string, unknown>();
    this.routeResponses.set(route, responses);
    if (request.method === 'GET' && id === undefined) return json({ items: [...responses.values()] });
    const reply = await send(request);
    if (request.method === 'DELETE' && id !== undefined) responses.delete(id);
    if (request.method === 'POST' && reply.status < 300) {
      const made = jsonBody(reply);
      responses.set(String(made['routeResponseId']), made);
    }
    return reply;
  }

  private async stage(
    api: string,
    stage: string | undefined,
    request: AwsRequest,
    send: Send,
  ): Promise<AwsReply | undefined> {
    const key = `${api}/${stage ?? ''}`;
    if (request.method === 'PATCH') {
      const current = await send({ ...withBody(request, Buffer.alloc(0)), method: 'GET' });
      if (current.status !== 200) return current;
      this.stages.set(key, { ...this.stages.get(key), ...jsonBody(request) });
      return json({ ...jsonBody(current), ...this.stages.get(key) });
    }
    if (request.method === 'DELETE') this.stages.delete(key);
    if (request.method !== 'GET') return undefined;
    return changed(await send(request), (body) => {
      if (stage !== undefined) return { ...body, ...this.stages.get(key) };
      const kept = (item: Record<string, unknown>) => this.stages.get(`${api}/${String(item['stageName'])}`);
      return { ...body, items: records(body['items']).map((item) => ({ ...item, ...kept(item) })) };
    });
  }
}

function domainNames(body: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(body['items'])) return { ...body, items: records(body['items']).map(domainName) };
  return 'domainNameConfigurations' in body ? domainName(body) : body;
}

function domainName(domain: Record<string, unknown>): Record<string, unknown> {
  const { mutualTlsAuthentication, ...rest } = domain;
  return {
    ...rest,
    ...(Object.keys(record(mutualTlsAuthentication)).length > 0 ? { mutualTlsAuthentication } : {}),
    domainNameConfigurations: records(domain['domainNameConfigurations']).map((configuration) => ({
      domainNameStatus: 'AVAILABLE',
      apiGatewayDomainName: `d-emulated.execute-api.amazonaws.com`,
      hostedZoneId: 'Z3UWIKFBOOGXPP',
      ipAddressType: 'ipv4',
      ...configuration,
    })),
  };
}
