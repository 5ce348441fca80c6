import { changed, json, type AwsReply } from './aws-reply';
import { isRecord, jsonBody, withBody, type AwsRequest } from './aws-request';
import type { EmulatedService, Send } from './emulated-service';

const STAGE = /^\/v2\/apis\/([^/]+)\/stages(?:\/([^/]+))?$/;

/** API Gateway v2. moto cannot change a stage, and leaves out of a domain name what Terraform waits for. */
export class ApiGateway implements EmulatedService {
  readonly signingNames = ['apigateway'];
  /** What was changed of a stage, by `<api>/<stage>`. */
  private readonly stages = new Map<string, Record<string, unknown>>();

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const [, api, stage] = STAGE.exec(request.path) ?? [];
    if (api !== undefined) return await this.stage(api, stage, request, send);
    if (request.path.startsWith('/v2/domainnames')) return changed(await send(request), (body) => domainNames(body));
    return undefined;
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
      const items = Array.isArray(body['items']) ? body['items'].filter(isRecord) : [];
      return {
        ...body,
        items: items.map((item) => ({ ...item, ...this.stages.get(`${api}/${String(item['stageName'])}`) })),
      };
    });
  }
}

function domainNames(body: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(body['items']))
    return { ...body, items: body['items'].map((item) => (isRecord(item) ? domainName(item) : item)) };
  return 'domainNameConfigurations' in body ? domainName(body) : body;
}

function domainName(domain: Record<string, unknown>): Record<string, unknown> {
  const configurations = Array.isArray(domain['domainNameConfigurations'])
    ? domain['domainNameConfigurations'].filter(isRecord)
    : [];
  const { mutualTlsAuthentication, ...rest } = domain;
  const tls =
    isRecord(mutualTlsAuthentication) && Object.keys(mutualTlsAuthentication).length > 0
      ? { mutualTlsAuthentication }
      : {};
  return {
    ...rest,
    ...tls,
    domainNameConfigurations: configurations.map((configuration) => ({
      domainNameStatus: 'AVAILABLE',
      apiGatewayDomainName: `d-emulated.execute-api.amazonaws.com`,
      hostedZoneId: 'Z3UWIKFBOOGXPP',
      ipAddressType: 'ipv4',
      ...configuration,
    })),
  };
}
