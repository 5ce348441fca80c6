import { readSecureString } from '../../lambdas/adapters/ssm-secrets';

/**
 * The deployed values of secret variables, so that Terraform plans with them. Leaves out what is not deployed yet.
 *
 * CodeBuild's own PARAMETER_STORE variables would do the same, but a build does not start if a parameter is not there.
 *
 * @param list `TF_VAR_NAME=/name/of/parameter`, separated by spaces
 */
export async function readSecrets(
  list: string,
  read: (parameter: string) => Promise<string> = readSecureString,
): Promise<Record<string, string>> {
  const found = await Promise.all(
    list.split(' ').map(async (pair) => {
      const [variable = '', parameter = ''] = pair.split('=');
      try {
        return [[variable, await read(parameter)] as const];
      } catch (error) {
        if (error instanceof Error && error.name === 'ParameterNotFound') return [];
        throw error;
      }
    }),
  );
  return Object.fromEntries(found.flat());
}
