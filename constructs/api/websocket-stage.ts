import { Construct } from 'constructs';
import { apiStage, ApiStageProps } from './api-stage';
import { CustomDomain } from './custom-domain';
import { Metric, Statistic } from '../monitoring/metric';
import { Grantee } from '../core/role';
import { WebSocketApi } from './websocket-api';

export interface WebSocketStageProps extends ApiStageProps {
  readonly api: WebSocketApi;
  /** Where visitors reach the stage. @default - the host that AWS gives the API */
  readonly domain?: CustomDomain;
}

/**
 * A stage of the WebSocket API.
 *
 * @example
 * const stage = new WebSocketStage(scope, 'websocket', {
 *   api: webSocketApi,
 *   stageName: 'dev',
 *   functionReference: 'dev-request-dispatcher:live',
 * });
 * stage.grantManagementApiAccess(fn);
 */
export class WebSocketStage extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: WebSocketStageProps,
  ) {
    super(scope, id);
    const { api } = props;
    const stage = apiStage(this, { apiId: api.apiId, apiName: api.apiName, logFormat: LOG_FORMAT }, props);
    props.domain?.map(this, api.apiId, stage);
  }

  /** Where clients connect, `wss://`. */
  get url(): string {
    return `wss://${this.props.domain?.domainName ?? this.props.api.host}/${this.props.stageName}`;
  }

  /** Where the function pushes to clients, `https://`. */
  get callbackUrl(): string {
    return `https://${this.props.api.host}/${this.props.stageName}`;
  }

  /** What a function must let in to be called by this stage. */
  get sourceArn(): string {
    return `${this.props.api.executionArn}/${this.props.stageName}/*`;
  }

  /** What API Gateway counts of this stage: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html */
  metric(name: string, statistic: Statistic): Metric {
    const dimensions = { ApiId: this.props.api.apiId, Stage: this.props.stageName };
    return { namespace: 'AWS/ApiGateway', name, dimensions, statistic };
  }

  /** May push to, ask about and close this stage's connections. */
  grantManagementApiAccess(grantee: Grantee): void {
    grantee.role.allow('push-to-connections', {
      actions: ['execute-api:ManageConnections'],
      resources: [`${this.props.api.executionArn}/${this.props.stageName}/*/@connections/*`],
    });
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html. No body, no address, no query. */
const LOG_FORMAT = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  event: '$context.eventType',
  status: '$context.status',
  connection: '$context.connectionId',
  integrationStatus: '$context.integrationStatus',
  integrationLatency: '$context.integrationLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};
