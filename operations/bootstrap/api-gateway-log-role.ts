import { GetAccountCommand, type APIGatewayClient } from '@aws-sdk/client-api-gateway';

/**
 * The role under which API Gateway writes logs in this region, if another project has set one: there is one for all APIs, and
 * kite-stack would replace it. Undefined if there is none, if it is Kite's, or if these credentials may not look.
 *
 * @param prefix the MainStack's name, with which the name of Kite's own role begins
 */
export async function foreignLogRole(
  apiGateway: Pick<APIGatewayClient, 'send'>,
  prefix: string,
): Promise<string | undefined> {
  try {
    const { cloudwatchRoleArn } = await apiGateway.send(new GetAccountCommand());
    const own = `:role/${prefix}-api-gateway-logs-`;
    return cloudwatchRoleArn && !cloudwatchRoleArn.includes(own) ? cloudwatchRoleArn : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
