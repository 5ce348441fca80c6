/**
 * API Gateway v2, WebSocket and HTTP APIs, on one http server of this machine.
 *
 * ```typescript
 * const gateway = new Gateway({ definition, invoke: async (functionReference, event) => handler(event) });
 * const port = await gateway.listen(3000);   // ws://localhost:3000/<stage>, http://localhost:3000/<stage>/...
 * gateway.redefine(newDefinition);           // open connections stay
 * await gateway.close();                     // $disconnect runs for every connection
 * ```
 *
 * - `definition` has the shape of API Gateway's GetApis, GetRoutes, GetIntegrations and GetStages, so it may be written
 *   by hand or read back from an account; `hasRouteResponse` of a route says whether GetRouteResponses lists one.
 * - `invoke` gets the function's ARN (with alias) or name with the stage variables filled in, and must reject if the
 *   function failed (at AWS: `FunctionError` is set).
 * - Functions write to connections through `http://localhost:3000/<stage>/@connections/<id>`, as the AWS SDK does.
 * - To put it on a server with other things, call `handleRequest` and `handleUpgrade`: they return false, untouched, for
 *   what is not theirs.
 */
export { Gateway, type GatewayOptions } from './gateway';
export type {
  ApiDefinition,
  GatewayDefinition,
  IntegrationDefinition,
  RouteDefinition,
  RouteSettings,
  StageDefinition,
} from './definition';
export type { GatewayActivity, Observe } from './activity';
export type { Invoke } from './invocation';
export { AWS_LIMITS, type GatewayLimits } from './limits';
