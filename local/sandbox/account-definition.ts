import { Failure } from '../../emulators/failure';
import { record, records, text } from '../../json';
import type { EmulatedAws } from '../../emulators/aws/account';
import type {
  ApiDefinition,
  GatewayDefinition,
  IntegrationDefinition,
  RouteDefinition,
  StageDefinition,
} from '../../emulators/aws/api-gateway';

type Json = Record<string, unknown>;

/**
 * What the gateway serves, read back from the account: APIs, routes, integrations, stages.
 * @throws Failure if the account has no API
 */
export async function readDefinition(aws: EmulatedAws): Promise<GatewayDefinition> {
  const list = async (url: string): Promise<Json[]> => {
    const { items } = await aws.call({ service: 'apigateway', method: 'GET', url: `/v2/apis${url}` });
    return records(items);
  };
  const apis = await Promise.all((await list('')).map(async (api) => await readApi(api, list)));
  if (apis.length === 0) throw new Failure('The emulated account has no API: deploy kite-stack first.');
  return { apis };
}

async function readApi(api: Json, list: (url: string) => Promise<Json[]>): Promise<ApiDefinition> {
  const apiId = text(api['apiId']);
  const protocolType = api['protocolType'] === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP';
  const [routes, integrations, stages] = await Promise.all([
    list(`/${apiId}/routes`),
    list(`/${apiId}/integrations`),
    list(`/${apiId}/stages`),
  ]);
  const withResponses = await Promise.all(
    routes.map(async (route): Promise<RouteDefinition> => {
      const responses =
        protocolType === 'HTTP' ? [] : await list(`/${apiId}/routes/${text(route['routeId'])}/routeresponses`);
      return {
        routeKey: text(route['routeKey']),
        target: text(route['target']),
        hasRouteResponse: responses.length > 0,
      };
    }),
  );
  return {
    apiId,
    protocolType,
    routeSelectionExpression: text(api['routeSelectionExpression']),
    routes: withResponses,
    integrations: integrations.map((integration): IntegrationDefinition => ({
      integrationId: text(integration['integrationId']),
      integrationUri: text(integration['integrationUri']),
      ...(typeof integration['timeoutInMillis'] === 'number'
        ? { timeoutInMillis: integration['timeoutInMillis'] }
        : {}),
    })),
    stages: stages.map(readStage),
  };
}

function readStage(stage: Json): StageDefinition {
  const variables = record(stage['stageVariables']);
  const settings = record(stage['defaultRouteSettings']);
  const limit = (name: 'throttlingBurstLimit' | 'throttlingRateLimit'): Json =>
    typeof settings[name] === 'number' ? { [name]: settings[name] } : {};
  return {
    stageName: text(stage['stageName']),
    stageVariables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    defaultRouteSettings: { ...limit('throttlingBurstLimit'), ...limit('throttlingRateLimit') },
  };
}
