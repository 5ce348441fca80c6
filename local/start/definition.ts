import type { GatewayDefinition } from '../gateway';

/** The function that the APIs of a stage lead to, as in AWS: its name and alias. */
export function dispatcherOf(stage: string): string {
  return `${stage}-request-dispatcher:live`;
}

/** Both APIs as the stacks declare them, with one stage. The sandbox reads its definition from the account instead. */
export function localApis(stage: string): GatewayDefinition {
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
        routes: [
          { routeKey: '$connect', target },
          { routeKey: '$disconnect', target },
          { routeKey: '$default', target, hasRouteResponse: true },
          { routeKey: 'PING', target, hasRouteResponse: true },
        ],
      },
      {
        apiId: 'http',
        protocolType: 'HTTP',
        integrations,
        stages,
        routes: ['GET /tg', 'POST /tg', 'GET /files/{proxy+}'].map((routeKey) => ({ routeKey, target })),
      },
    ],
  };
}
