import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission';
import { Construct } from 'constructs';
import { Duration } from '../core/duration';
import { FunctionCode } from './function-code';
import { FunctionRuntime } from './function-runtime';
import { LogGroup, LogGroupProps } from '../monitoring/log-group';
import { Metric, Statistic } from '../monitoring/metric';
import { Grantee, Role } from '../core/role';

export interface LiveFunctionProps extends Pick<LogGroupProps, 'logRetention'> {
  /** Unique in the account's region, for example `dev-request-dispatcher`. */
  readonly functionName: string;
  readonly description: string;
  /** In front of the role's name, which is unique in the account. */
  readonly rolePrefix: string;
  readonly code: FunctionCode;
  readonly runtime: FunctionRuntime;
  readonly environment: Record<string, string>;
  /** In MiB. @default 256 */
  readonly memorySize?: number;
  /** @default 30 seconds */
  readonly timeout?: Duration;
  /** Send traces to X-Ray. @default false */
  readonly tracing?: boolean;
}

/** The alias that takes the traffic. */
export const LIVE = 'live';

/**
 * A function of which every change is published as a version, with the alias `live` in front of it.
 *
 * Creates the log group, the role, the function and the alias. Callers use the alias; nothing calls the unpublished code.
 *
 * @example
 * const hello = new LiveFunction(scope, 'hello', {
 *   functionName: 'dev-hello',
 *   description: 'Says hello',
 *   rolePrefix: 'kite',
 *   code: { deployedBy: 'ci', artifact },
 *   runtime: { architecture: 'arm64', runtime: 'nodejs22.x', handler: 'index.handler' },
 *   environment: { STAGE: 'dev' },
 * });
 * token.grantRead(hello);
 */
export class LiveFunction extends Construct implements Grantee {
  readonly role: Role;
  readonly functionName: string;
  readonly resource: LambdaFunction;
  readonly alias: LambdaAlias;
  readonly logs: LogGroup;

  constructor(scope: Construct, id: string, props: LiveFunctionProps) {
    super(scope, id);
    this.functionName = props.functionName;
    this.role = new Role(this, 'role', {
      roleName: `${props.rolePrefix}-${props.functionName}`,
      description: `Permissions of the function ${props.functionName}`,
      service: 'lambda.amazonaws.com',
    });
    this.logs = new LogGroup(this, 'logs', {
      logGroupName: this.logGroupName,
      logRetention: props.logRetention,
    });
    this.logs.grantWrite(this);
    if (props.tracing) this.allowTracing();
    this.resource = this.functionOf(props);
    this.alias = this.aliasOf(this.resource);
  }

  /** What a stage variable names: the function and its alias. */
  get reference(): string {
    return `${this.functionName}:${LIVE}`;
  }

  /** What the function prints is there. */
  get logGroupName(): string {
    return `/aws/lambda/${this.functionName}`;
  }

  /** The ARN of the alias. */
  get arn(): string {
    return this.alias.arn;
  }

  /** Lets an API's stage call the alias. `sourceArn` says which routes of which stage. */
  allowInvocation(id: string, sourceArn: string): LambdaPermission {
    return new LambdaPermission(this, id, {
      action: 'lambda:InvokeFunction',
      functionName: this.functionName,
      qualifier: this.alias.name,
      principal: 'apigateway.amazonaws.com',
      sourceArn,
    });
  }

  /** May call the alias, and no version of it. */
  grantInvoke(grantee: Grantee): void {
    grantee.role.allow('invoke-function', { actions: ['lambda:InvokeFunction'], resources: [this.arn] });
  }

  /**
   * What Lambda counts of calls through the alias, for example `Errors`.
   * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
   */
  metric(name: string, statistic: Statistic): Metric {
    const dimensions = { FunctionName: this.functionName, Resource: this.reference };
    return { namespace: 'AWS/Lambda', name, dimensions, statistic };
  }

  private functionOf(props: LiveFunctionProps): LambdaFunction {
    return new LambdaFunction(this, 'function', {
      functionName: props.functionName,
      description: props.description,
      role: this.role.arn,
      runtime: props.runtime.runtime,
      handler: props.runtime.handler,
      architectures: [props.runtime.architecture],
      memorySize: props.memorySize ?? 256,
      timeout: (props.timeout ?? Duration.seconds(30)).toSeconds(),
      publish: true,
      environment: { variables: props.environment },
      tracingConfig: { mode: props.tracing ? 'Active' : 'PassThrough' },
      s3Bucket: props.code.artifact.bucket,
      s3Key: props.code.artifact.key,
      ...(props.code.deployedBy === 'terraform'
        ? { sourceCodeHash: props.code.hash }
        : { lifecycle: { ignoreChanges: ['s3_bucket', 's3_key', 'source_code_hash'] } }),
      dependsOn: [this.logs.resource, props.code.artifact.seen],
    });
  }

  /**
   * The alias follows the latest published version, no matter who published it: after CI has deployed, Terraform reads CI's version
   * back and has nothing to change; after a change of settings, Terraform publishes CI's code with them and moves the alias on.
   */
  private aliasOf(fn: LambdaFunction): LambdaAlias {
    return new LambdaAlias(this, 'alias', {
      name: LIVE,
      description: 'Receives all traffic',
      functionName: fn.functionName,
      functionVersion: fn.version,
    });
  }

  private allowTracing(): void {
    this.role.allow('write-traces', {
      actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      // X-Ray has no narrower resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
      resources: ['*'],
    });
  }
}
