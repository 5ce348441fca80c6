import { selectRouteKey } from './route-selection';

/**
 * What the gateway serves, in the words of API Gateway's own `GetApis`, `GetRoutes`, `GetIntegrations` and `GetStages`,
 * so that a definition can be written by hand or read back from an account.
 */
export interface GatewayDefinition {
  readonly apis: readonly ApiDefinition[];
}

/** One API Gateway v2 API. */
export interface ApiDefinition {
  readonly apiId: string;
  readonly protocolType: 'WEBSOCKET' | 'HTTP';
  /**
   * Which part of a WebSocket message names its route, e.g. `$request.body.action` or `$request.body.[0]`.
   * @default - `$request.body.action` for WebSocket APIs; HTTP APIs select by method and path
   */
  readonly routeSelectionExpression?: string;
  readonly routes: readonly RouteDefinition[];
  readonly integrations: readonly IntegrationDefinition[];
  readonly stages: readonly StageDefinition[];
}

export interface RouteDefinition {
  /** `$connect`, `$disconnect`, `$default`, a custom key, or `GET /path/{proxy+}` for HTTP APIs. */
  readonly routeKey: string;
  /** `integrations/<integrationId>` */
  readonly target: string;
  /**
   * Whether the function's body is sent back to the client that wrote: the route has a route response.
   * HTTP APIs always answer and ignore this.
   * @default false
   */
  readonly hasRouteResponse?: boolean;
}

export interface IntegrationDefinition {
  readonly integrationId: string;
  /**
   * The Lambda invocation URI
   * (`arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<function ARN>/invocations`) or the function's ARN or
   * name itself. `${stageVariables.<name>}` is replaced per stage.
   */
  readonly integrationUri: string;
  /** @default - the limit of the API's kind: 29 s for WebSocket, 30 s for HTTP */
  readonly timeoutInMillis?: number;
}

export interface StageDefinition {
  /** `$default` serves an HTTP API without a stage in the path. */
  readonly stageName: string;
  /** @default - none */
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** Shared by all routes of the stage without settings of their own. @default - not throttled */
  readonly defaultRouteSettings?: RouteSettings;
  /** By route key. @default - none */
  readonly routeSettings?: Readonly<Record<string, RouteSettings>>;
}

export interface RouteSettings {
  /** Requests at once. @default - not throttled */
  readonly throttlingBurstLimit?: number;
  /** Requests per second. @default - not throttled */
  readonly throttlingRateLimit?: number;
}

/** A route of one API as one stage serves it. */
export interface ServedRoute {
  readonly api: ApiDefinition;
  readonly stage: StageDefinition;
  readonly route: RouteDefinition;
  /** The function to invoke: an ARN (qualified by its alias) or a name, with stage variables filled in. */
  readonly functionReference: string;
  /** Milliseconds, or undefined for the limit of the API's kind. */
  readonly timeoutInMillis: number | undefined;
}

const INVOCATION_URI = /^arn:[^:]+:apigateway:[^:]*:lambda:path\/[^/]+\/functions\/(.+)\/invocations$/;

/**
 * Binds a route to its function in one stage.
 * @throws Error that names the route, if its integration or a stage variable is missing
 */
export function serveRoute(api: ApiDefinition, stage: StageDefinition, route: RouteDefinition): ServedRoute {
  const integrationId = route.target.replace(/^integrations\//, '');
  const integration = api.integrations.find((each) => each.integrationId === integrationId);
  if (!integration) {
    throw new Error(
      `Route "${route.routeKey}" of API ${api.apiId} targets "${route.target}", which is not among its integrations.`,
    );
  }
  const uri = integration.integrationUri.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const value = stage.stageVariables?.[name];
    if (value === undefined) {
      throw new Error(
        `Route "${route.routeKey}" of API ${api.apiId} needs the stage variable "${name}", which stage "${stage.stageName}" does not set.`,
      );
    }
    return value;
  });
  return {
    api,
    stage,
    route,
    functionReference: INVOCATION_URI.exec(uri)?.[1] ?? uri,
    timeoutInMillis: integration.timeoutInMillis,
  };
}

/**
 * Checks that every route of every stage leads to a function, so that a mistake shows when the definition is given and
 * not when a visitor writes.
 * @throws Error as serveRoute and selectRouteKey
 */
export function checkDefinition(definition: GatewayDefinition): void {
  for (const api of definition.apis) {
    if (api.routeSelectionExpression !== undefined && api.protocolType === 'WEBSOCKET') {
      selectRouteKey(api.routeSelectionExpression, 'null');
    }
    for (const stage of api.stages) for (const route of api.routes) serveRoute(api, stage, route);
  }
}
