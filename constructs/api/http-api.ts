import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route';
import { Construct } from 'constructs';
import { HTTP_ROUTES } from './api-routes';
import { AwsAccount } from '../core/aws-account';
import { stageFunctionUri } from '../function/stage-function-uri';

export interface HttpApiProps {
  readonly apiName: string;
  readonly account: AwsAccount;
}

/**
 * The HTTP API of all stages.
 *
 * Creates the API, one integration with whatever function the stage names, and the routes.
 *
 * @example
 * new HttpApi(scope, 'http-api', { apiName: 'kite-http', account });
 */
export class HttpApi extends Construct {
  readonly apiName: string;
  readonly account: AwsAccount;
  readonly routes: readonly Apigatewayv2Route[];
  private readonly api: Apigatewayv2Api;

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    this.apiName = props.apiName;
    this.account = props.account;
    this.api = new Apigatewayv2Api(this, 'api', { name: props.apiName, protocolType: 'HTTP' });
    const integration = new Apigatewayv2Integration(this, 'function', {
      apiId: this.apiId,
      integrationType: 'AWS_PROXY',
      integrationMethod: 'POST',
      integrationUri: stageFunctionUri(props.account),
      payloadFormatVersion: '2.0',
    });
    this.routes = HTTP_ROUTES.map(
      ({ key, id }) =>
        new Apigatewayv2Route(this, id, { apiId: this.apiId, routeKey: key, target: `integrations/${integration.id}` }),
    );
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
}
