import { HTTP_ROUTES, WEBSOCKET_ROUTES } from '../constructs/api/api-routes';
import type { GatewayDefinition } from '../emulators/aws/api-gateway';

/** The function that the APIs of a stage lead to, as in AWS: its name and alias. */
export function dispatcherOf(stage: string): string {
  return `${stage}-request-dispatcher:live`;
}

/** Both APIs with the routes that the stacks declare, with one stage. The sandbox reads its definition from the account instead. */
export function stageApis(stage: string): GatewayDefinition {
  const integrations = [{ integrationId: 'dispatcher', integrationUri: '${stageVariables.function}' }];
  const stages = [{ stageName: stage, stageVariables: { function: dispatcherOf(stage) } }];
  const target = 'integrations/dispatcher';
  return {
    apis: [
      {
        apiId: 'websocket',
        protocolType: 'WEBSOCKET',
        routeSelectionExpression: '$request.body.[0]',
        integrations,
        stages,
        routes: WEBSOCKET_ROUTES.map(({ key, answers }) => ({ routeKey: key, target, hasRouteResponse: answers })),
      },
      {
        apiId: 'http',
        protocolType: 'HTTP',
        integrations,
        stages,
        routes: HTTP_ROUTES.map(({ key }) => ({ routeKey: key, target })),
      },
    ],
  };
}
