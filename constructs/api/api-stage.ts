import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { LogGroup, LogGroupProps } from '../monitoring/log-group';

/** How many requests a stage takes, all callers together. */
export interface Throttle {
  /** Requests a second, sustained. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

export interface ApiStageProps extends Pick<LogGroupProps, 'logRetention'> {
  readonly stageName: string;
  /** What the stage variable `function` says: `<function>:live`. */
  readonly functionReference: string;
  /** @default 500 requests a second, 1000 at once */
  readonly throttle?: Throttle;
  /** Log each request (never its body). Needs the account's log role for a WebSocket API. @default true */
  readonly accessLogs?: boolean;
  /** What has to be there before the stage. @default - nothing */
  readonly after?: readonly ITerraformDependable[];
}

export interface ApiStageTarget {
  readonly apiId: string;
  /** The API's name, for the log group. */
  readonly apiName: string;
  /** What an access log entry says: field names and the context variables that fill them. */
  readonly logFormat: Record<string, string>;
}

/** The stage of an API, with its own throttle, its own log and its own function behind the same routes. */
export function apiStage(scope: Construct, api: ApiStageTarget, props: ApiStageProps): Apigatewayv2Stage {
  const throttle = props.throttle ?? { rate: 500, burst: 1000 };
  return new Apigatewayv2Stage(scope, 'stage', {
    apiId: api.apiId,
    name: props.stageName,
    autoDeploy: true,
    stageVariables: { function: props.functionReference },
    defaultRouteSettings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
    dependsOn: [...(props.after ?? [])],
    ...(props.accessLogs !== false && { accessLogSettings: accessLog(scope, api, props) }),
  });
}

function accessLog(scope: Construct, api: ApiStageTarget, props: ApiStageProps) {
  const logs = new LogGroup(scope, 'access-logs', {
    logGroupName: `/aws/apigateway/${api.apiName}/${props.stageName}`,
    logRetention: props.logRetention,
  });
  return { destinationArn: logs.arn, format: JSON.stringify(api.logFormat) };
}
