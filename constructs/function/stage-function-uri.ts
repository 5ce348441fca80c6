import { AwsAccount } from '../core/aws-account';

/**
 * The integration URI of whatever function the stage's variable `function` names, so that all stages share one set of routes.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
export function stageFunctionUri(account: AwsAccount): string {
  // "$$" keeps Terraform from reading API Gateway's variable as its own.
  const functionArn = `${account.arn('lambda', 'function')}:$\${stageVariables.function}`;
  return `arn:aws:apigateway:${account.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}
