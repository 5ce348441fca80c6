import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { IncomingMessage } from 'node:http';
import { forwardingHeaders, sourceIp, splitTarget } from './client-request';
import type { ApiDefinition, StageDefinition } from './definition';
import type { MatchedRoute } from './http-route';
import { commonLogTime } from './request-time';

/** Media types whose bodies reach the function as text; any other comes in base 64. */
const TEXT = /^(text\/|application\/(json|xml|javascript|[^;]+\+(json|xml))\s*(;|$))/i;

/**
 * The event of an HTTP API in payload format 2.0: header names in lower case, repeated headers and query parameters
 * joined by commas, cookies apart.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 *
 * @param path decoded, with the stage, as API Gateway puts it into `rawPath`
 */
export function httpEvent(
  api: ApiDefinition,
  stage: StageDefinition,
  matched: MatchedRoute,
  request: IncomingMessage,
  path: string,
  requestId: string,
  body: Buffer,
): APIGatewayProxyEventV2 {
  const { query } = splitTarget(request);
  const now = new Date();
  const domainName = request.headers.host ?? 'localhost';
  const cookies = request.headers.cookie?.split(/;\s*/).filter((cookie) => cookie !== '');
  const isText = TEXT.test(request.headers['content-type'] ?? '') && !request.headers['content-encoding'];
  return {
    version: '2.0',
    routeKey: matched.route.routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies && cookies.length > 0 ? { cookies } : {}),
    headers: joinedHeaders(request),
    ...(query === '' ? {} : { queryStringParameters: joinedQuery(query) }),
    requestContext: {
      accountId: '000000000000',
      apiId: api.apiId,
      domainName,
      domainPrefix: domainName.split(/[.:]/, 1)[0] ?? '',
      http: {
        method: request.method ?? 'GET',
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIp(request),
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: matched.route.routeKey,
      stage: stage.stageName,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(matched.pathParameters ? { pathParameters: matched.pathParameters } : {}),
    ...(stage.stageVariables && Object.keys(stage.stageVariables).length > 0
      ? { stageVariables: stage.stageVariables }
      : {}),
    ...(body.length > 0 ? { body: body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

function joinedHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    const value = request.rawHeaders[index + 1] ?? '';
    if (['cookie', 'connection', 'transfer-encoding', 'keep-alive'].includes(name)) continue;
    headers[name] = name in headers ? `${headers[name]},${value}` : value;
  }
  for (const [name, value] of Object.entries(forwardingHeaders(request))) headers[name.toLowerCase()] = value;
  return headers;
}

function joinedQuery(query: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    parameters[name] = name in parameters ? `${parameters[name]},${value}` : value;
  }
  return parameters;
}
