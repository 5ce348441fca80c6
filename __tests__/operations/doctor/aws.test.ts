import {
  awsAccount,
  budget,
  functionZips,
  mails,
  sourceCredential,
  stack,
  stateBucket,
} from '../../../operations/doctor/checks/aws';
import type { Check } from '../../../operations/doctor/check';
import {
  ACCOUNT,
  type AwsAnswers,
  awsStandIn,
  deployedBuild,
  queryRefusal,
  s3Refusal,
  soundBucket,
  state,
  subscription,
  xml,
} from './aws-stand-in';
import { type StandIn, closeAll } from './http-stand-in';
import { COMPLETE, IMPATIENT, Owner, shellWithCredentials } from './owner';

shellWithCredentials();

let owner: Owner;
let aws: StandIn | undefined;

beforeEach(() => {
  owner = new Owner().settings(COMPLETE);
});

afterEach(async () => {
  owner.gone();
  await closeAll();
  aws = undefined;
});

/** What a check prints where AWS answers like this. */
async function sees(check: Check, answers: AwsAnswers, environment: Record<string, string> = {}): Promise<string[]> {
  aws = await awsStandIn(answers);
  const seconds = Object.values(answers).includes('silence') ? { seconds: IMPATIENT } : {};
  return owner.sees(check, { ...seconds, environment: { AWS_ENDPOINT_URL: aws.url, ...environment } });
}

const BUCKET = COMPLETE.STATE_BUCKET;
const STATE = `GetObject ${BUCKET}/kite/terraform-build.tfstate`;
const LOCK = `GetObject ${BUCKET}/kite/terraform-build.tfstate.tflock`;

describe('AWS account', () => {
  it('is shown with its identity', async () => {
    expect(await sees(awsAccount, {})).toEqual([`ok: ${ACCOUNT} at ${aws?.url} (AWS_ENDPOINT_URL), as user/olena.`]);
  });

  it.each([
    [
      'does not know the keys',
      queryRefusal(403, 'InvalidClientTokenId'),
      /^problem: AWS does not accept these credentials \(InvalidClientTokenId\)\..* -> .*aws configure list/,
    ],
    [
      'says that they have expired',
      queryRefusal(403, 'ExpiredToken'),
      /^problem: The AWS credentials have expired\..* -> aws sso login$/,
    ],
    [
      'does not let them in',
      queryRefusal(
        403,
        'AccessDenied',
        'User: arn:aws:iam::1:user/x is not authorized to perform: sts:GetCallerIdentity',
      ),
      /^problem: These credentials do not allow it: User: .* is not authorized/,
    ],
    [
      'is down',
      queryRefusal(503, 'ServiceUnavailable'),
      /^problem: AWS answered 503 ServiceUnavailable: AWS says ServiceUnavailable/,
    ],
    [
      'is a web page',
      { text: '<html><body>Log in to the hotel' },
      /^problem: The endpoint did not return a valid AWS response\./,
    ],
    ['is empty', { text: '' }, /^problem: The endpoint did not return a valid AWS response\./],
    ['says nothing', 'silence', /^problem: AWS did not answer in time\..* -> Check the network/],
  ] as const)('%s', async (_, answer, line) => {
    const lines = await sees(awsAccount, { GetCallerIdentity: answer });
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).not.toMatch(/\n|\.ts:\d|node_modules/);
  });

  describe('without credentials', () => {
    beforeEach(() => {
      delete process.env['AWS_ACCESS_KEY_ID'];
    });
    afterEach(() => {
      process.env['AWS_ACCESS_KEY_ID'] = 'AKIATEST';
    });

    it('is named with the profile that has none', async () => {
      expect(await sees(awsAccount, {}, { AWS_PROFILE: 'mistyped' })).toEqual([
        expect.stringMatching(/^problem: There are no AWS credentials: .*\. AWS_PROFILE is "mistyped"\. -> /),
      ]);
    });

    it('is not asked, and whatever is in it is not checked', async () => {
      const lines = await sees(awsAccount, {});
      expect(lines).toEqual([expect.stringMatching(/^problem: There are no AWS credentials: .* -> aws configure sso/)]);
      expect(aws?.asked).toEqual([]);
      for (const check of [stateBucket, sourceCredential, functionZips, mails, stack('kite-stack', 'deploy')]) {
        expect(await owner.sees(check)).toEqual(['not checked: AWS is not available: see AWS account.']);
      }
    });
  });
});

describe('Budget', () => {
  const refusal = (status: number) => ({
    DescribeBudgets: { status, json: { __type: 'AccessDeniedException', Message: 'not authorized' } },
  });

  it('can be made', async () => {
    expect(await sees(budget, { DescribeBudgets: { json: { Budgets: [] } } })).toEqual([
      'ok: These credentials may read budgets, and kite-build creates one of 20 US dollars a month.',
    ]);
    const asked = aws?.asked.find(({ headers }) => String(headers['x-amz-target']).endsWith('DescribeBudgets'));
    expect(asked?.headers['x-amz-target']).toBe('AWSBudgetServiceGateway.DescribeBudgets');
    expect(asked?.headers.authorization).toContain('/us-east-1/budgets/aws4_request');
    expect(JSON.parse(asked?.body ?? '')).toEqual({ AccountId: ACCOUNT, MaxResults: 1 });
  });

  it.each([400, 403])('is refused where access to Billing is off (%s), with what to do', async (status) => {
    expect(await sees(budget, refusal(status))).toEqual([
      'problem: AWS denies these credentials access to budgets, so kite-build cannot create one. -> Sign in as the root user and activate "IAM user and role access to Billing information" on the page Account; or write MONTHLY_BUDGET_USD="0" into .env.',
    ]);
  });

  it('is not asked about if none is made', async () => {
    owner.settings({ ...COMPLETE, MONTHLY_BUDGET_USD: '0' });
    expect(await sees(budget, refusal(400))).toEqual(['note: MONTHLY_BUDGET_USD is 0: there is no mail about costs.']);
    expect(aws?.asked).toEqual([]);
  });
});

describe('State bucket', () => {
  it('is as bootstrap makes it', async () => {
    expect(await sees(stateBucket, soundBucket(BUCKET))).toEqual(['ok: my-state: versioned, encrypted, private.']);
    expect(aws?.asked.find(({ method }) => method === 'HEAD')?.headers['x-amz-expected-bucket-owner']).toBe(ACCOUNT);
  });

  it.each([
    ['is not there', {}, 'problem: There is no bucket my-state yet. -> npm run bootstrap'],
    [
      'belongs to another account',
      { [`HeadBucket ${BUCKET}`]: { status: 403 } },
      'problem: my-state is not yours, or these credentials may not use it. -> Write another name into .env, STATE_BUCKET="...", or use other credentials.',
    ],
    [
      'is in another region',
      { [`HeadBucket ${BUCKET}`]: { headers: { 'x-amz-bucket-region': 'us-west-2' } } },
      'problem: my-state is in us-west-2, and AWS_REGION is eu-north-1: the state is kept where Kite is deployed. -> Write another STATE_BUCKET or another AWS_REGION into .env.',
    ],
    [
      'keeps no versions',
      { ...soundBucket(BUCKET), [`Getversioning ${BUCKET}`]: xml('<VersioningConfiguration/>') },
      'warning: my-state is not versioned: a lost state cannot be restored. -> npm run bootstrap',
    ],
    [
      'is not encrypted',
      {
        ...soundBucket(BUCKET),
        [`Getencryption ${BUCKET}`]: s3Refusal(404, 'ServerSideEncryptionConfigurationNotFoundError'),
      },
      'warning: my-state is not encrypted. -> npm run bootstrap',
    ],
    [
      'is open to the public',
      {
        ...soundBucket(BUCKET),
        [`GetpublicAccessBlock ${BUCKET}`]: s3Refusal(404, 'NoSuchPublicAccessBlockConfiguration'),
      },
      'warning: my-state is not private. -> npm run bootstrap',
    ],
    [
      'may not be looked at',
      { ...soundBucket(BUCKET), [`Getversioning ${BUCKET}`]: s3Refusal(403, 'AccessDenied') },
      'not checked: These credentials do not allow it: S3 says AccessDenied',
    ],
    [
      'answers with something that is not XML',
      { ...soundBucket(BUCKET), [`Getversioning ${BUCKET}`]: { text: '{"oops":' } },
      expect.stringMatching(
        /^(not checked: The endpoint did not return a valid AWS response|warning: my-state is not versioned)/,
      ) as unknown,
    ],
    [
      'does not answer',
      { [`HeadBucket ${BUCKET}`]: 'silence' },
      'not checked: AWS did not answer in time. -> Check the network: proxy, VPN, and AWS_ENDPOINT_URL if it is set.',
    ],
  ] as [string, AwsAnswers, string][])('%s', async (_, answers, line) => {
    expect(await sees(stateBucket, answers)).toEqual([line]);
  });

  it('has no name yet', async () => {
    owner.settings({ ...COMPLETE, STATE_BUCKET: '' });
    expect(await sees(stateBucket, {})).toEqual(['not checked: STATE_BUCKET is missing.']);
  });
});

describe('a stack', () => {
  const check = stack('kite-build', 'npx cdktf deploy kite-build');

  it.each([
    ['is deployed', deployedBuild(BUCKET), 'ok: Deployed.'],
    [
      'was never deployed',
      { [STATE]: s3Refusal(404, 'NoSuchKey') },
      'note: Not deployed yet. -> npx cdktf deploy kite-build',
    ],
    ['has been destroyed', { [STATE]: state({}, 0) }, 'note: Not deployed yet. -> npx cdktf deploy kite-build'],
    [
      'was deployed half-way',
      { [STATE]: state({}, 3) },
      'problem: Its last deployment did not finish. -> npx cdktf deploy kite-build',
    ],
    [
      'is locked',
      {
        ...deployedBuild(BUCKET),
        [LOCK]: { json: { ID: '6ba7', Who: 'olena@laptop', Created: '2026-11-21T06:00:00Z', Operation: 'apply' } },
      },
      'warning: Locked by olena@laptop since 2026-11-21T06:00:00Z. If nobody is deploying it now, a deployment was interrupted. -> terraform -chdir=cdktf.out/stacks/kite-build force-unlock 6ba7',
    ],
    [
      'has no bucket for its state',
      { [STATE]: s3Refusal(404, 'NoSuchBucket') },
      'not checked: There is no state bucket yet.',
    ],
    [
      'has a state that is none',
      { [STATE]: { text: 'not a state' } },
      'not checked: s3://my-state/kite/terraform-build.tfstate is not a Terraform state.',
    ],
    [
      'has a state that may not be read',
      { [STATE]: s3Refusal(403, 'AccessDenied') },
      'not checked: These credentials do not allow it: S3 says AccessDenied',
    ],
  ] as [string, AwsAnswers, string][])('%s', async (_, answers, line) => {
    expect(await sees(check, answers)).toEqual([line]);
  });
});

describe('Functions', () => {
  const zips = {
    'HeadObject artifacts/request-dispatcher/latest/function.zip': { status: 200 },
    'HeadObject artifacts/lifecycle/latest/lifecycle.zip': { status: 200 },
  };

  it.each([
    ['are stored', { ...deployedBuild(BUCKET), ...zips }, 'ok: Stored in s3://artifacts.'],
    [
      'are not built yet',
      deployedBuild(BUCKET),
      'problem: There is no request-dispatcher/latest/function.zip and no lifecycle/latest/lifecycle.zip in s3://artifacts yet. -> aws codebuild start-build --region eu-north-1 --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml',
    ],
    ['have no bucket yet', {}, 'not checked: kite-build is not deployed yet.'],
  ] as [string, AwsAnswers, string][])('%s', async (_, answers, line) => {
    expect(await sees(functionZips, answers)).toEqual([line]);
  });

  it('are to be uploaded from this machine, which has not built them', async () => {
    owner.settings({ ...COMPLETE, BUILD_LAMBDA_VIA_ASSET: 'true', RUNTIME: 'nodejs22.x' });
    expect(await sees(functionZips, {})).toEqual([
      'problem: kite-build uploads function.zip and lifecycle.zip from dist/lambdas/common/any, which are not built yet. -> npm run build:lambdas',
    ]);
  });
});

describe('Mails', () => {
  it.each([
    [
      'are confirmed',
      subscription('olena@example.com', 'arn:aws:sns:x:1:kite:2'),
      /^ok: olena@example\.com gets them\.$/,
    ],
    [
      'are not confirmed yet',
      subscription('olena@example.com', 'PendingConfirmation'),
      /^warning: olena@example\.com has not confirmed yet: .* -> aws sns subscribe --region eu-north-1 --topic-arn arn:\S+ --protocol email --notification-endpoint olena@example\.com$/,
    ],
    [
      'go to another address',
      subscription('ada@example.com', 'arn:aws:sns:x:1:kite:2'),
      /^warning: olena@example\.com does not receive mails .* -> npx cdktf deploy kite-build$/,
    ],
    [
      'may not be looked at',
      queryRefusal(403, 'AuthorizationError'),
      /^not checked: These credentials do not allow it/,
    ],
  ] as const)('%s', async (_, answer, line) => {
    const answers = { ...deployedBuild(BUCKET), ListSubscriptionsByTopic: answer };
    expect(await sees(mails, answers)).toEqual([expect.stringMatching(line)]);
  });
});

describe('GitHub', () => {
  const ARN = `arn:aws:codeconnections:eu-north-1:${ACCOUNT}:connection/c0ffee`;
  const connected = (ConnectionStatus: string) => ({ GetConnection: { json: { Connection: { ConnectionStatus } } } });

  it.each([
    ['is AVAILABLE', connected('AVAILABLE'), /^ok: The connection c0ffee is AVAILABLE\.$/],
    [
      'is PENDING',
      connected('PENDING'),
      /^problem: The connection c0ffee is PENDING: .* -> Open https:\/\/console\.aws/,
    ],
    ['is in ERROR', connected('ERROR'), /^problem: The connection c0ffee is ERROR\./],
    [
      'is not there',
      { GetConnection: { status: 400, json: { __type: 'ResourceNotFoundException', message: 'no' } } },
      /^problem: AWS does not know the connection c0ffee\. -> Create a connection to GitHub/,
    ],
    [
      'may not be looked at',
      { GetConnection: { status: 403, json: { __type: 'AccessDeniedException', Message: 'not authorized' } } },
      /^not checked: These credentials do not allow it: not authorized$/,
    ],
    [
      'is a web page',
      { GetConnection: { text: '<html>' } },
      /^not checked: The endpoint did not return a valid AWS response\./,
    ],
    ['says nothing', { GetConnection: 'silence' }, /^not checked: AWS did not answer in time\./],
    ['hangs up', { GetConnection: 'reset' }, /^not checked: AWS cannot be reached/],
  ] as [string, AwsAnswers, RegExp][])('by a connection that %s', async (_, answers, line) => {
    owner.settings({ ...COMPLETE, CODE_CREDENTIAL: ARN });
    expect(await sees(sourceCredential, answers)).toEqual([expect.stringMatching(line)]);
  });

  it('is asked for a connection in the way of its service, signed', async () => {
    owner.settings({ ...COMPLETE, CODE_CREDENTIAL: ARN });
    await sees(sourceCredential, connected('AVAILABLE'));
    const asked = aws?.asked.find(({ headers }) => String(headers['x-amz-target']).endsWith('GetConnection'));
    expect(asked?.headers['x-amz-target']).toBe('com.amazonaws.codeconnections.CodeConnections_20231201.GetConnection');
    expect(asked?.headers.authorization).toContain('/eu-north-1/codeconnections/aws4_request');
    expect(JSON.parse(asked?.body ?? '')).toEqual({ ConnectionArn: ARN });
  });

  it('by a token that is missing', async () => {
    owner.settings({ ...COMPLETE, CODE_CREDENTIAL: 'token' });
    const [line] = await sees(sourceCredential, {});
    expect(line).toMatch(/^problem: CODE_CREDENTIAL is "token" and GITHUB_TOKEN is missing\. -> /);
  });

  const known = { sourceCredentialsInfos: [{ arn: 'arn', serverType: 'GITHUB', authType: 'CODECONNECTIONS' }] };
  it.each([
    [
      'known to CodeBuild already',
      { ListSourceCredentials: { json: known } },
      /^ok: CodeBuild .* has a credential for GitHub/,
    ],
    [
      'not known to CodeBuild: kite-build could not be deployed',
      { ListSourceCredentials: { json: { sourceCredentialsInfos: [] } } },
      /^problem: CodeBuild in eu-north-1 has no credential for GitHub.* -> Create a connection/,
    ],
    [
      'not known to CodeBuild any more',
      { ListSourceCredentials: { json: { sourceCredentialsInfos: [] } }, ...deployedBuild(BUCKET) },
      /^warning: CodeBuild in eu-north-1 has no credential for GitHub/,
    ],
  ] as [string, AwsAnswers, RegExp][])('is %s', async (_, answers, line) => {
    expect(await sees(sourceCredential, answers)).toEqual([expect.stringMatching(line)]);
  });
});
