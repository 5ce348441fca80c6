import { TerraformOutput } from 'cdktf';
import { ApiGatewayAccount } from '../../constructs/api/api-gateway-account';
import { HttpApi } from '../../constructs/api/http-api';
import { HttpStage } from '../../constructs/api/http-stage';
import { Role } from '../../constructs/core/role';
import { WebSocketApi } from '../../constructs/api/websocket-api';
import { WebSocketStage } from '../../constructs/api/websocket-stage';
import { Synthesized } from './synthesized';

const INTEGRATION =
  /^arn:aws:apigateway:eu-north-1:lambda:path\/2015-03-31\/functions\/arn:aws:lambda:eu-north-1:\$\{data\.aws_caller_identity\.[^}]+\}:function:\$\$\{stageVariables\.function\}\/invocations$/;
const stageProps = { stageName: 'dev', functionReference: 'dev-request-dispatcher:live' };

describe('WebSocketApi', () => {
  const stack = Synthesized.stackWith((scope, account) => {
    const api = new WebSocketApi(scope, 'api', { apiName: 'kite-websocket', account });
    const stage = new WebSocketStage(scope, 'stage', { api, ...stageProps });
    stage.grantManagementApiAccess({
      role: new Role(scope, 'role', { roleName: 'r', description: 'test', service: 'lambda.amazonaws.com' }),
    });
    new TerraformOutput(scope, 'url', { value: stage.url, staticId: true });
    new TerraformOutput(scope, 'callback-url', { value: stage.callbackUrl, staticId: true });
  });
  const api = stack.address('aws_apigatewayv2_api');
  const routes = stack.all('aws_apigatewayv2_route');

  it('chooses the route by the first element of the frame', () => {
    expect(stack.the('aws_apigatewayv2_api')).toMatchObject({
      protocol_type: 'WEBSOCKET',
      route_selection_expression: '$request.body.[0]',
    });
    expect(routes.map((route) => route['route_key']).sort()).toEqual(['$connect', '$default', '$disconnect', 'PING']);
  });

  it('sends every route to the function that the stage names', () => {
    const integration = stack.the('aws_apigatewayv2_integration');
    expect(integration).toMatchObject({ integration_type: 'AWS_PROXY', integration_method: 'POST' });
    expect(integration['integration_uri']).toMatch(INTEGRATION);
    const target = `integrations/\${${stack.address('aws_apigatewayv2_integration')}.id}`;
    expect(routes.map((route) => route['target'])).toEqual([target, target, target, target]);
  });

  it('answers $default and PING with what the function returns', () => {
    const answering = routes.filter((route) => route['route_response_selection_expression'] === '$default');
    expect(answering.map((route) => route['route_key']).sort()).toEqual(['$default', 'PING']);
    expect(stack.all('aws_apigatewayv2_route_response')).toHaveLength(2);
  });

  it('has a stage that names its function, with a throttle and a log without bodies', () => {
    const stage = stack.the('aws_apigatewayv2_stage');
    expect(stage).toMatchObject({
      name: 'dev',
      auto_deploy: true,
      stage_variables: { function: 'dev-request-dispatcher:live' },
      default_route_settings: { throttling_rate_limit: 500, throttling_burst_limit: 1000 },
    });
    const { format } = stage['access_log_settings'] as { format: string };
    expect(Object.keys(JSON.parse(format) as object)).toEqual(
      expect.arrayContaining(['route', 'status', 'connection']),
    );
    expect(format).not.toMatch(/body|sourceIp|querystring|integration\.response/i);
  });

  it('tells clients wss:// and the function https://', () => {
    const host = `\${${api}.id}.execute-api.eu-north-1.amazonaws.com`;
    expect(stack.json.output).toEqual({
      url: { value: `wss://${host}/dev` },
      'callback-url': { value: `https://${host}/dev` },
    });
  });

  it('lets the function push to connections of this stage and nothing else', () => {
    expect(stack.grant('push-to-connections')).toEqual([
      {
        Effect: 'Allow',
        Action: ['execute-api:ManageConnections'],
        Resource: [`\${${api}.execution_arn}/dev/*/@connections/*`],
      },
    ]);
  });
});

describe('HttpApi', () => {
  let webhookUrl = '';
  const stack = Synthesized.stackWith((scope, account) => {
    const api = new HttpApi(scope, 'api', { apiName: 'kite-http', account });
    ({ webhookUrl } = new HttpStage(scope, 'stage', { api, ...stageProps, throttle: { rate: 5, burst: 7 } }));
  });

  it('has the webhook, the same address to look at, and the files', () => {
    expect(stack.all('aws_apigatewayv2_route').map((route) => route['route_key'])).toEqual([
      'GET /files/{proxy+}',
      'GET /tg',
      'POST /tg',
    ]);
    expect(stack.the('aws_apigatewayv2_integration')).toMatchObject({
      integration_type: 'AWS_PROXY',
      payload_format_version: '2.0',
      integration_uri: expect.stringMatching(INTEGRATION) as string,
    });
  });

  it('has the webhook at <host>/<stage>/tg', () => {
    expect(webhookUrl).toMatch(/^https:\/\/.+\.execute-api\.eu-north-1\.amazonaws\.com\/dev\/tg$/);
  });

  it('can be throttled stage by stage', () => {
    expect(stack.the('aws_apigatewayv2_stage')).toMatchObject({
      default_route_settings: { throttling_rate_limit: 5, throttling_burst_limit: 7 },
    });
  });
});

describe('ApiGatewayAccount', () => {
  it('sets the role once it may write logs', () => {
    const stack = Synthesized.stackWith((scope, account) => {
      new ApiGatewayAccount(scope, 'account', { account, rolePrefix: 'kite' });
    });
    expect(stack.the('aws_iam_role')).toMatchObject({ name: 'kite-api-gateway-logs-eu-north-1' });
    expect(stack.the('aws_api_gateway_account')).toMatchObject({
      cloudwatch_role_arn: `\${${stack.address('aws_iam_role')}.arn}`,
      depends_on: [stack.address('aws_iam_role_policy_attachment')],
    });
  });
});
