import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Apigatewayv2RouteResponse } from '@cdktf/provider-aws/lib/apigatewayv2-route-response';
import { Construct } from 'constructs';
import { WEBSOCKET_ROUTES, WebSocketRoute } from './api-routes';
import { AwsAccount } from '../core/aws-account';
import { stageFunctionUri } from '../function/stage-function-uri';

export interface WebSocketApiProps {
  readonly apiName: string;
  readonly account: AwsAccount;
}

/**
 * The WebSocket API of all stages: frames are routed by the first element of the JSON array.
 *
 * Creates the API, one integration with whatever function the stage names, the routes and the route responses.
 *
 * @example
 * new WebSocketApi(scope, 'websocket-api', { apiName: 'kite-websocket', account });
 */
export class WebSocketApi extends Construct {
  readonly apiName: string;
  readonly account: AwsAccount;
  private readonly api: Apigatewayv2Api;

  constructor(scope: Construct, id: string, props: WebSocketApiProps) {
    super(scope, id);
    this.apiName = props.apiName;
    this.account = props.account;
    this.api = new Apigatewayv2Api(this, 'api', {
      name: props.apiName,
      protocolType: 'WEBSOCKET',
      routeSelectionExpression: '$request.body.[0]',
    });
    const integration = new Apigatewayv2Integration(this, 'function', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: stageFunctionUri(props.account),
      contentHandlingStrategy: 'CONVERT_TO_TEXT',
    });
    for (const route of WEBSOCKET_ROUTES) this.addRoute(route, integration);
  }

  get apiId(): string {
    return this.api.id;
  }

  /** `arn:aws:execute-api:<region>:<account>:<api>`, to which a stage and a route are added. */
  get executionArn(): string {
    return this.api.executionArn;
  }

  /** The host AWS gives the API. */
  get host(): string {
    return `${this.apiId}.execute-api.${this.account.region}.amazonaws.com`;
  }

  private addRoute({ key, id, answers }: WebSocketRoute, integration: Apigatewayv2Integration): void {
    const route = new Apigatewayv2Route(this, id, {
      apiId: this.apiId,
      routeKey: key,
      target: `integrations/${integration.id}`,
      routeResponseSelectionExpression: answers ? '$default' : undefined,
    });
    if (answers) {
      new Apigatewayv2RouteResponse(this, `${id}-response`, {
        apiId: this.apiId,
        routeId: route.id,
        routeResponseKey: '$default',
      });
    }
  }
}
