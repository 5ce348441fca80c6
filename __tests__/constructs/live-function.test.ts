import { DataAwsS3Objects } from '@cdktf/provider-aws/lib/data-aws-s3-objects';
import { Construct } from 'constructs';
import { FunctionCode } from '../../constructs/function/function-code';
import { LiveFunction, LiveFunctionProps } from '../../constructs/function/live-function';
import { StoredArtifact } from '../../constructs/pipeline/stored-artifact';
import { Synthesized } from './synthesized';

type Code = 'ci' | 'terraform';

function synthesized(props: Partial<LiveFunctionProps> = {}, deployedBy: Code = 'ci'): Synthesized {
  return Synthesized.stackWith((scope) => {
    const fn = new LiveFunction(scope, 'fn', {
      functionName: 'dev-request-dispatcher',
      rolePrefix: 'kite',
      description: 'test',
      code: code(scope, deployedBy),
      runtime: { architecture: 'arm64', runtime: 'provided.al2023', handler: 'bootstrap' },
      environment: { STAGE: 'dev' },
      ...props,
    });
    fn.allowInvocation('from-api', 'arn:aws:execute-api:eu-north-1:1:api/dev/*');
  });
}

function code(scope: Construct, deployedBy: Code): FunctionCode {
  const artifact = new StoredArtifact(scope, 'artifact', {
    bucket: 'artifacts',
    key: 'k/function.zip',
    remedy: 'build it.',
  });
  return deployedBy === 'ci' ? { deployedBy, artifact } : { deployedBy, artifact, hash: 'aGFzaA==' };
}

describe('LiveFunction', () => {
  it('publishes every change and moves the alias live to the latest version', () => {
    const stack = synthesized();
    expect(stack.the('aws_lambda_function')).toMatchObject({
      function_name: 'dev-request-dispatcher',
      publish: true,
      architectures: ['arm64'],
      runtime: 'provided.al2023',
      handler: 'bootstrap',
      s3_bucket: 'artifacts',
      s3_key: 'k/function.zip',
    });
    expect(stack.the('aws_lambda_alias')).toMatchObject({
      name: 'live',
      function_version: `\${${stack.address('aws_lambda_function')}.version}`,
    });
  });

  it('leaves code alone that CI deploys', () => {
    const fn = synthesized({}, 'ci').the('aws_lambda_function');
    expect(fn['lifecycle']).toEqual({ ignore_changes: ['s3_bucket', 's3_key', 'source_code_hash'] });
    expect(fn).not.toHaveProperty('source_code_hash');
  });

  it('deploys the code through Terraform whenever its hash has changed', () => {
    const fn = synthesized({}, 'terraform').the('aws_lambda_function');
    expect(fn['source_code_hash']).toBe('aGFzaA==');
    expect(fn).not.toHaveProperty('lifecycle');
  });

  it('says what to do when there is no code yet, before anything is created', () => {
    const stack = synthesized();
    const [seen] = stack.dataOf(DataAwsS3Objects.tfResourceType);
    expect(seen).toMatchObject({
      bucket: 'artifacts',
      prefix: 'k/function.zip',
      lifecycle: {
        postcondition: [
          { error_message: 'There is no s3://artifacts/k/function.zip to make functions from: build it.' },
        ],
      },
    });
    expect(stack.the('aws_lambda_function')['depends_on']).toContainEqual(
      expect.stringMatching(/^data\.aws_s3_objects\./),
    );
  });

  it('creates a log group with a retention before the function, which may write only to that group', () => {
    const stack = synthesized();
    expect(stack.the('aws_cloudwatch_log_group')).toMatchObject({
      name: '/aws/lambda/dev-request-dispatcher',
      retention_in_days: 30,
    });
    expect(stack.the('aws_lambda_function')['depends_on']).toContain(stack.address('aws_cloudwatch_log_group'));
    expect(stack.grants()).toEqual([
      {
        policy: 'write-logs',
        statement: {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: [`\${${stack.address('aws_cloudwatch_log_group')}.arn}:*`],
        },
      },
    ]);
  });

  it('does not trace unless told to', () => {
    expect(synthesized().the('aws_lambda_function')['tracing_config']).toEqual({ mode: 'PassThrough' });
    const traced = synthesized({ tracing: true });
    expect(traced.the('aws_lambda_function')['tracing_config']).toEqual({ mode: 'Active' });
    expect(traced.grant('write-traces')[0]?.Action).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
  });

  it('is called through the alias, by the given stage only', () => {
    const stack = synthesized();
    expect(stack.the('aws_lambda_permission')).toMatchObject({
      action: 'lambda:InvokeFunction',
      function_name: 'dev-request-dispatcher',
      qualifier: `\${${stack.address('aws_lambda_alias')}.name}`,
      principal: 'apigateway.amazonaws.com',
      source_arn: 'arn:aws:execute-api:eu-north-1:1:api/dev/*',
    });
  });
});
