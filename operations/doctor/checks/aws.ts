import { ListSourceCredentialsCommand } from '@aws-sdk/client-codebuild';
import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder } from '../../../constructs/function/function-runtime';
import { BUILD_OUTPUTS } from '../../../constructs/pipeline/build-outputs';
import type { Check } from '../check';
import type { DoctorContext } from '../context';
import { nameOf, statusOf } from '../error-parts';
import { failureOf } from '../failure';
import { type Finding, notChecked, note, ok, problem, toDo, warning } from '../finding';
import { lackOf } from '../settings-reading';
import type { StackName, StackState } from '../stack-state';

/** The identity behind the credentials: without one, nothing can be deployed. */
export const awsAccount: Check = {
  subject: 'AWS account',
  look: async (around) => {
    const { AWS_ENDPOINT_URL: endpointUrl } = around.reading.settings;
    const profile = around.reading.environment['AWS_PROFILE'];
    const where = endpointUrl === undefined ? '' : ` at ${endpointUrl} (AWS_ENDPOINT_URL)`;
    try {
      const { account, arn } = await around.identity();
      return ok(`${account}${where}, as ${arn.split(':').at(-1)}.`);
    } catch (error) {
      const { words, remedy } = failureOf(error);
      const which = [
        ...(where === '' ? [] : [`This is about AWS${where}.`]),
        ...(profile === undefined ? [] : [`AWS_PROFILE is "${profile}".`]),
      ];
      return problem([words, ...which].join(' '), remedy);
    }
  },
};

const MEND = 'npm run bootstrap';

/** The bucket that keeps Terraform's state is there, ours, and as `npm run bootstrap` makes it. */
export const stateBucket: Check = {
  subject: 'State bucket',
  look: async (around) => {
    const bucket = await around.stateBucket();
    const { account } = await around.account();
    const { AWS_REGION: region } = around.reading.settings;
    const { s3 } = around.aws;
    const wrong = await whatIsWrong(s3, bucket, account, region);
    if (wrong) return wrong;
    const lacking = (await Promise.all([versioned(s3, bucket), encrypted(s3, bucket), closed(s3, bucket)])).filter(
      (sentence) => sentence !== undefined,
    );
    if (lacking.length > 0) return lacking.map((sentence) => warning(`${bucket} ${sentence}.`, MEND));
    return ok(`${bucket}: versioned, encrypted, private.`);
  },
};

async function whatIsWrong(
  s3: S3Client,
  bucket: string,
  account: string,
  region: string,
): Promise<Finding | undefined> {
  try {
    const head = await s3.send(new HeadBucketCommand({ Bucket: bucket, ExpectedBucketOwner: account }));
    const { BucketRegion: actual } = head;
    return actual !== undefined && actual !== region ? elsewhere(bucket, region, actual) : undefined;
  } catch (error) {
    // An answer to HEAD has no body, so S3 says what is wrong by its status only.
    switch (statusOf(error)) {
      case 404:
        return problem(`There is no bucket ${bucket} yet.`, MEND);
      case 301:
        return elsewhere(bucket, region);
      case 403:
        return problem(
          `${bucket} is not yours, or these credentials may not use it.`,
          'Write another name into .env, STATE_BUCKET="...", or use other credentials.',
        );
      default:
        throw error;
    }
  }
}

function elsewhere(bucket: string, region: string, actual = 'another region'): Finding {
  return problem(
    `${bucket} is in ${actual}, and AWS_REGION is ${region}: the state is kept where Kite is deployed.`,
    'Write another STATE_BUCKET or another AWS_REGION into .env.',
  );
}

async function versioned(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  return Status === 'Enabled' ? undefined : 'is not versioned: a lost state cannot be restored';
}

async function encrypted(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const encryption = await unless(
    'ServerSideEncryptionConfigurationNotFoundError',
    s3.send(new GetBucketEncryptionCommand({ Bucket })),
  );
  const rules = encryption?.ServerSideEncryptionConfiguration?.Rules ?? [];
  return rules.length > 0 ? undefined : 'is not encrypted';
}

async function closed(s3: S3Client, Bucket: string): Promise<string | undefined> {
  const block = await unless(
    'NoSuchPublicAccessBlockConfiguration',
    s3.send(new GetPublicAccessBlockCommand({ Bucket })),
  );
  const {
    BlockPublicAcls: acls,
    BlockPublicPolicy: policy,
    IgnorePublicAcls: ignored,
    RestrictPublicBuckets: restricted,
  } = block?.PublicAccessBlockConfiguration ?? {};
  return acls && policy && ignored && restricted ? undefined : 'is not private';
}

async function unless<T>(name: string, answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (nameOf(error) === name) return undefined;
    throw error;
  });
}

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

/** Whether kite-build may make its budget: AWS refuses billing to all but the root user until that user allows it, once. */
export const budget: Check = {
  subject: 'Budget',
  look: async (around) => {
    const { MONTHLY_BUDGET_USD: monthlyBudgetUsd } = around.reading.settings;
    if (monthlyBudgetUsd === 0) return note('MONTHLY_BUDGET_USD is 0: there is no mail about costs.');
    const { account } = await around.account();
    try {
      await around.aws.describeBudgets(account);
      return ok(
        `These credentials may read budgets, and kite-build creates one of ${monthlyBudgetUsd} US dollars a month.`,
      );
    } catch (error) {
      if (nameOf(error) !== 'AccessDeniedException') throw error;
      return problem(
        'AWS denies these credentials access to budgets, so kite-build cannot create one.',
        'Sign in as the root user and activate "IAM user and role access to Billing information" on the page Account; or write MONTHLY_BUDGET_USD="0" into .env.',
      );
    }
  },
};

/** Whether a stack is deployed, as far as the state bucket tells. */
export function stack(name: StackName, deploy: string): Check {
  return {
    subject: name,
    look: async (around) => {
      const { deployed, lock } = await around.state(name);
      if (lock) {
        return warning(
          `Locked by ${lock.who} since ${lock.since}. If nobody is deploying it now, a deployment was interrupted.`,
          `terraform -chdir=cdktf.out/stacks/${name} force-unlock ${lock.id}`,
        );
      }
      switch (deployed) {
        case 'yes':
          return ok('Deployed.');
        case 'partly':
          return problem('Its last deployment did not finish.', deploy);
        case 'no':
          return toDo('Not deployed yet.', deploy);
      }
    },
  };
}

/** What kite-stack makes its functions from: zips in the artifact bucket, and before that, if so chosen, on this machine. */
export const functionZips: Check = {
  subject: 'Functions',
  look: async (around) => {
    const state = around.state('kite-build');
    if (around.reading.settings.BUILD_LAMBDA_VIA_ASSET && (await isAbsent(state))) return onThisMachine(around);
    if ((await state).deployed !== 'yes') return notChecked('kite-build is not deployed yet.');
    const [bucket, ...keys] = await Promise.all(
      [BUILD_OUTPUTS.bucket, BUILD_OUTPUTS.dispatcherKey, BUILD_OUTPUTS.lifecycleKey].map((name) =>
        around.output('kite-build', name),
      ),
    );
    const missing: string[] = [];
    for (const key of keys) if (!(await isThere(around, bucket, key))) missing.push(key);
    if (missing.length === 0) return ok(`Stored in s3://${bucket}.`);
    return problem(`There is no ${missing.join(' and no ')} in s3://${bucket} yet.`, remedy(around));
  },
};

/** Also where nobody can tell: the zips on this machine are there or not in any case. */
async function isAbsent(state: Promise<StackState>): Promise<boolean> {
  return state.then(
    ({ deployed }) => deployed !== 'yes',
    () => true,
  );
}

function onThisMachine({ folder, reading: { settings } }: DoctorContext): Finding {
  const zips = join('dist', 'lambdas', buildFolder(settings.RUNTIME, settings.ARCHITECTURE));
  const missing = ['function.zip', 'lifecycle.zip'].filter((file) => !existsSync(join(folder, zips, file)));
  return missing.length === 0
    ? ok(`kite-build will upload those in ${zips}.`)
    : problem(
        `kite-build uploads ${missing.join(' and ')} from ${zips}, which are not built yet.`,
        'npm run build:lambdas',
      );
}

async function isThere({ aws }: DoctorContext, Bucket: string | undefined, Key: string): Promise<boolean> {
  try {
    await aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

function remedy({ reading: { settings } }: DoctorContext): string {
  return settings.BUILD_LAMBDA_VIA_ASSET
    ? 'npm run build:lambdas, then npx cdktf deploy kite-build'
    : `aws codebuild start-build --region ${settings.AWS_REGION} --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml`;
}

/** The receiver of the mails has confirmed them once. */
export const mails: Check = {
  subject: 'Mails',
  look: async (around) => {
    const { EMAIL: email, AWS_REGION: region } = around.reading.settings;
    if (email === undefined) return notChecked(lackOf(around.reading, 'EMAIL'));
    const topic = await around.output('kite-build', BUILD_OUTPUTS.topic);
    const { Subscriptions = [] } = await around.aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic }));
    const found = Subscriptions.find(({ Protocol, Endpoint }) => Protocol === 'email' && Endpoint === email);
    if (found === undefined || found.SubscriptionArn === 'Deleted') {
      return warning(`${email} does not receive mails about failures and drift.`, 'npx cdktf deploy kite-build');
    }
    if (found.SubscriptionArn === 'PendingConfirmation') {
      return warning(
        `${email} has not confirmed yet: AWS has sent a link. To send it again:`,
        `aws sns subscribe --region ${region} --topic-arn ${topic} --protocol email --notification-endpoint ${email}`,
      );
    }
    return ok(`${email} gets them.`);
  },
};
