import { ListSourceCredentialsCommand } from '@aws-sdk/client-codebuild';
import type { Check } from '../check';
import { nameOf } from '../error-parts';
import { ok, problem, warning, type Finding } from '../finding';
import type { DoctorContext } from '../context';

const CONNECT =
  'Create a connection to GitHub in the AWS console (Developer Tools, Settings, Connections) and write its ARN into .env, CODE_CREDENTIAL="arn:..."';

/** How CodeBuild authenticates to GitHub. */
export const sourceCredential: Check = {
  subject: 'GitHub',
  look: async (around) => {
    const { settings } = around.reading;
    switch (settings.CODE_CREDENTIAL?.kind) {
      case 'connection':
        return connection(around, settings.CODE_CREDENTIAL.arn);
      case 'token':
        return around.reading.secret('GITHUB_TOKEN') === undefined
          ? problem(
              'CODE_CREDENTIAL is "token" and GITHUB_TOKEN is missing.',
              'Create a personal access token for the repository and write GITHUB_TOKEN="..." into .env',
            )
          : ok('kite-build imports GITHUB_TOKEN into CodeBuild.');
      case undefined:
        return importedBefore(around);
    }
  },
};

async function connection(around: DoctorContext, arn: string): Promise<Finding> {
  await around.account();
  const status = await around.aws.connectionStatus(arn).catch((error: unknown) => {
    if (nameOf(error) === 'ResourceNotFoundException') return 'missing';
    throw error;
  });
  const name = arn.split('/').at(-1) ?? arn;
  switch (status) {
    case 'AVAILABLE':
      return ok(`The connection ${name} is AVAILABLE.`);
    case 'PENDING':
      return problem(
        `The connection ${name} is PENDING: it is not confirmed at GitHub yet.`,
        `Open https://console.aws.amazon.com/codesuite/settings/connections and choose "Update pending connection"`,
      );
    case 'missing':
      return problem(`AWS does not know the connection ${name}.`, CONNECT);
    default:
      return problem(`The connection ${name} is ${status}.`, CONNECT);
  }
}

/** Without a credential CodeBuild reads a public repository, but GitHub takes no webhook from it. */
async function importedBefore(around: DoctorContext): Promise<Finding> {
  await around.account();
  const { sourceCredentialsInfos = [] } = await around.aws.codebuild.send(new ListSourceCredentialsCommand({}));
  const found = sourceCredentialsInfos.find(({ serverType }) => serverType === 'GITHUB');
  if (found) return ok(`CodeBuild in this account has a credential for GitHub (${found.authType}).`);
  const { AWS_REGION: region } = around.reading.settings;
  const words = `CodeBuild in ${region} has no credential for GitHub, and CODE_CREDENTIAL is empty.`;
  const { deployed } = await around.state('kite-build').catch(() => ({ deployed: 'no' }));
  return deployed === 'yes' ? warning(words, CONNECT) : problem(words, CONNECT);
}
