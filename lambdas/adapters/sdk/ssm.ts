/** What Kite uses of SSM's SDK: loaded with the first secret; what is not named here is left out of the build. */
export { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
