import { AwsAccount } from '../core/aws-account';
import { Grantee } from '../core/role';

export interface CodeDeploymentProps {
  readonly account: AwsAccount;
  /** The functions whose code may be deployed. */
  readonly functionNames: readonly string[];
}

/**
 * May deploy code to these functions: update it, publish it, test it, move the alias to it, and roll back.
 *
 * It may change neither their settings nor their roles: Terraform manages those.
 */
export function grantCodeDeployment(grantee: Grantee, { account, functionNames }: CodeDeploymentProps): void {
  const functions = functionNames.map((name) => account.arn('lambda', `function:${name}`));
  const versionsAndAliases = functions.map((arn) => `${arn}:*`);
  grantee.role.allow(
    'deploy-code',
    {
      actions: [
        'lambda:GetAlias',
        'lambda:GetFunction',
        'lambda:GetFunctionConfiguration',
        'lambda:ListVersionsByFunction',
        'lambda:PublishVersion',
        'lambda:UpdateAlias',
        'lambda:UpdateFunctionCode',
      ],
      // AWS checks some of these against the function and some against its alias.
      resources: [...functions, ...versionsAndAliases],
    },
    // Never the function itself: a version that failed is deleted, so that `live` is always the latest there is.
    { actions: ['lambda:DeleteFunction', 'lambda:InvokeFunction'], resources: versionsAndAliases },
  );
}
