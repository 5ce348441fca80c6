import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { apiStage, ApiStageProps } from './api-stage';
import { CustomDomain } from './custom-domain';
import { HttpApi } from './http-api';
import { Metric, Statistic } from '../monitoring/metric';

export interface HttpStageProps extends ApiStageProps {
  readonly api: HttpApi;
  /** Where callers reach the stage. @default - the host that AWS gives the API */
  readonly domain?: CustomDomain;
}

/**
 * A stage of the HTTP API.
 *
 * @example
 * new HttpStage(scope, 'http', { api: httpApi, stageName: 'dev', functionReference: 'dev-request-dispatcher:live' });
 */
export class HttpStage extends Construct {
  /** What has to be there before the stage can be called. */
  readonly ready: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: HttpStageProps,
  ) {
    super(scope, id);
    const { api } = props;
    const stage = apiStage(this, { apiId: api.apiId, apiName: api.apiName, logFormat: LOG_FORMAT }, props);
    const mapping = props.domain?.map(this, api.apiId, stage);
    this.ready = [stage, ...api.routes, ...(mapping ? [mapping] : [])];
  }

  /** Where callers reach the stage, `https://`. */
  get url(): string {
    return `https://${this.props.domain?.domainName ?? this.props.api.host}/${this.props.stageName}`;
  }

  /** Where Telegram brings its updates. */
  get webhookUrl(): string {
    return `${this.url}/tg`;
  }

  /** What a function must let in to be called by this stage: any method of any route of it. */
  get sourceArn(): string {
    return `${this.props.api.executionArn}/${this.props.stageName}/*`;
  }

  /** What API Gateway counts of this stage: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html */
  metric(name: string, statistic: Statistic): Metric {
    const dimensions = { ApiId: this.props.api.apiId, Stage: this.props.stageName };
    return { namespace: 'AWS/ApiGateway', name, dimensions, statistic };
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html. No body, no address, no query. */
const LOG_FORMAT = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  route: '$context.routeKey',
  status: '$context.status',
  responseLength: '$context.responseLength',
  integrationStatus: '$context.integrationStatus',
  integrationLatency: '$context.integrationLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};
