import type { EmulatedAws } from '../../../emulators/aws/account';
import { readDefinition } from '../../../local/sandbox/account-definition';

function account(answers: Readonly<Record<string, unknown[]>>): EmulatedAws {
  return {
    call: async ({ url }: { url: string }) => ({ items: answers[url.replace('/v2/apis', '')] ?? [] }),
  } as unknown as EmulatedAws;
}

test('what the gateway serves comes from the account: routes with their responses, integrations, stage variables', async () => {
  const definition = await readDefinition(
    account({
      '': [{ apiId: 'ws', protocolType: 'WEBSOCKET', routeSelectionExpression: '$request.body.[0]' }],
      '/ws/routes': [
        { routeId: 'r1', routeKey: 'PING', target: 'integrations/i' },
        { routeId: 'r2', routeKey: '$connect', target: 'integrations/i' },
      ],
      '/ws/routes/r1/routeresponses': [{ routeResponseKey: '$default' }],
      '/ws/integrations': [
        { integrationId: 'i', integrationUri: 'arn:...${stageVariables.function}/invocations', timeoutInMillis: 29000 },
      ],
      '/ws/stages': [
        {
          stageName: 'dev',
          stageVariables: { function: 'dev-request-dispatcher:live' },
          defaultRouteSettings: { throttlingRateLimit: 500, loggingLevel: 'OFF' },
        },
      ],
    }),
  );
  expect(definition).toEqual({
    apis: [
      {
        apiId: 'ws',
        protocolType: 'WEBSOCKET',
        routeSelectionExpression: '$request.body.[0]',
        routes: [
          { routeKey: 'PING', target: 'integrations/i', hasRouteResponse: true },
          { routeKey: '$connect', target: 'integrations/i', hasRouteResponse: false },
        ],
        integrations: [
          {
            integrationId: 'i',
            integrationUri: 'arn:...${stageVariables.function}/invocations',
            timeoutInMillis: 29000,
          },
        ],
        stages: [
          {
            stageName: 'dev',
            stageVariables: { function: 'dev-request-dispatcher:live' },
            defaultRouteSettings: { throttlingRateLimit: 500 },
          },
        ],
      },
    ],
  });
});

test('an account without an API says what to deploy', async () => {
  await expect(readDefinition(account({}))).rejects.toThrow('deploy kite-stack first');
});
