import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chatId } from '../../../lambdas/adapters/telegram/ids';
import { createTelegram } from '../../../emulators/telegram';
import { CHAPTER } from '../../../operations/doctor/report';
import { readme, readmeText } from '../../readme/readme';
import { newCheckout, removeCheckout, Typed } from '../../readme/shell';
import {
  API_URL,
  type AwsAnswers,
  awsStandIn,
  deployedBuild,
  deployedKite,
  soundBucket,
  subscription,
} from './aws-stand-in';
import { closeAll, nobodysUrl, standIn } from './http-stand-in';
import { COMPLETE, Owner, shellWithCredentials } from './owner';

shellWithCredentials();

const ROOT = resolve(__dirname, '..', '..', '..');
// A Node.js of its own takes its time on a busy machine.
jest.setTimeout(60_000);

const SECRET = COMPLETE.TELEGRAM_BOT_TOKEN;

let owner: Owner;
beforeEach(() => {
  owner = new Owner();
  owner.program('terraform', `echo '{"terraform_version":"1.11.4"}'`);
});
afterEach(async () => {
  owner.gone();
  await closeAll();
});

interface Ended {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** `npm run doctor -- <parameters>` in the owner's folder, without the settings of this machine. */
async function doctor(environment: Record<string, string>, ...parameters: string[]): Promise<Ended> {
  return node(join(ROOT, 'operations', 'doctor', 'start.cjs'), environment, parameters);
}

async function node(script: string, environment: Record<string, string>, parameters: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [script, ...parameters], {
    cwd: owner.folder,
    env: { PATH: owner.bin, HOME: owner.folder, AWS_EC2_METADATA_DISABLED: 'true', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors]: string[][] = [[], []];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output?.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors?.push(text));
  const status = await new Promise<number | null>((done) => child.on('close', done));
  return { status, output: output?.join('') ?? '', errors: errors?.join('') ?? '' };
}

interface Printed {
  readonly ready: boolean;
  readonly next: string;
  readonly findings: readonly { subject: string; verdict: string; words: string; remedy?: string }[];
}

function notOk({ output }: Ended): string[] {
  const { findings } = JSON.parse(output) as Printed;
  // What is installed here is not what these tests are about.
  return findings
    .filter(({ subject, verdict }) => verdict !== 'ok' && subject !== 'npm packages')
    .map(({ subject, words }) => `${subject}: ${words}`);
}

/** Where nothing answers but what stands in for it. */
async function offline(
  more: Record<string, string> = {},
): Promise<{ environment: Record<string, string>; parameters: string[] }> {
  const nobody = await nobodysUrl();
  const credentials = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test' };
  return {
    environment: { ...credentials, AWS_ENDPOINT_URL: nobody, TELEGRAM_API_ROOT: nobody, ...more },
    parameters: ['--seconds', '20', '--cloudflare-api', nobody, '--terraform-registry', nobody],
  };
}

test('a new user with nothing set up is told where to start', async () => {
  const nobody = await nobodysUrl();
  const ended = await doctor({ TELEGRAM_API_ROOT: nobody }, '--terraform-registry', nobody);
  expect(ended).toMatchObject({ status: 1, errors: '' });
  expect(ended.output).toMatch(/^OK +Node\.js +\d/m);
  expect(ended.output).toMatch(/^problem +\.env +There is no such file\.\n +-> cp \.env\.example\.txt \.env/m);
  expect(ended.output).toMatch(/^problem +AWS account +There are no AWS credentials/m);
  expect(ended.output).toMatch(
    /Not ready to deploy\.\nNext \(README\.md, "From nothing to a chat"\): cp \.env\.example\.txt \.env && .*\n$/,
  );
});

test('what README.md names is the same command, and the chapter that it leads through is there', async () => {
  const nobody = await nobodysUrl();
  const folder = newCheckout();
  symlinkSync(join(ROOT, 'operations'), join(folder, 'operations'));
  const typed = new Typed(folder, readme('npm run doctor'), { TELEGRAM_API_ROOT: nobody, AWS_ENDPOINT_URL: nobody });
  const status = await typed.ended;
  removeCheckout(folder);
  expect(status).toBe(1);
  expect(typed.output).toContain(`Next (README.md, "${CHAPTER}"): `);
  expect(readmeText()).toContain(`### ${CHAPTER}\n`);
});

test('after everything is deployed, there is nothing left to do', async () => {
  const dispatcher = await standIn(() => ({}));
  const telegram = createTelegram({
    bots: [{ token: SECRET, username: 'kite_dev_bot', privacyMode: false }],
    webhookTarget: () => dispatcher.url,
  });
  const { apiRoot } = await telegram.listen();
  await fetch(`${apiRoot}/bot${SECRET}/setWebhook?url=${API_URL}/tg`);
  const operator = telegram.people.user({ firstName: 'Olena' }).id;
  const group = telegram.people.group({ title: 'Support', owner: operator, kind: 'forum' });
  telegram.people.addBot({ chat: group, by: operator, bot: 'kite_dev_bot', administrator: true });
  const bucket = COMPLETE.STATE_BUCKET;
  const answers: AwsAnswers = {
    ...soundBucket(bucket),
    ...deployedBuild(bucket),
    ...deployedKite(bucket),
    'HeadObject artifacts/request-dispatcher/latest/function.zip': {},
    'HeadObject artifacts/lifecycle/latest/lifecycle.zip': {},
    ListSubscriptionsByTopic: subscription(COMPLETE.EMAIL, 'arn:aws:sns:x:1:kite:2'),
    ListSourceCredentials: {
      json: { sourceCredentialsInfos: [{ serverType: 'GITHUB', authType: 'CODECONNECTIONS' }] },
    },
    GetConnection: { json: { Connection: { ConnectionStatus: 'AVAILABLE' } } },
    Scan: { json: { Items: [{ id: { S: 'channel#help' }, host: { S: chatId(group) } }] } },
  };
  const aws = await awsStandIn(answers);
  const registry = await standIn(() => ({ json: {} }));
  const cloudflare = await standIn(({ path }) => ({
    json: {
      success: true,
      errors: [],
      result: path.endsWith('/zones')
        ? [{ id: 'z', name: 'example.com', permissions: ['#dns_records:edit'] }]
        : { status: 'active' },
    },
  }));
  owner.program('docker', 'echo 27.1.1');
  owner.settings({ ...COMPLETE, DOMAIN: 'example.com', CLOUDFLARE_API_TOKEN: 'cf-secret', TELEGRAM_API_ROOT: apiRoot });
  const { environment } = await offline({ AWS_ENDPOINT_URL: aws.url, TELEGRAM_API_ROOT: apiRoot });
  const stand = ['--cloudflare-api', cloudflare.url, '--terraform-registry', registry.url];
  const asJson = await doctor(environment, '--json', ...stand);
  const asText = await doctor(environment, ...stand);
  await telegram.close();

  expect(notOk(asJson)).toEqual([]);
  expect(asJson).toMatchObject({ status: 0, errors: '' });
  expect(asText.status).toBe(0);
  expect(asText.output.trimEnd().split('\n').slice(-2)).toEqual([
    '0 problems, 0 warnings, 0 not checked. Ready to deploy, as far as this was checked.',
    'Next (README.md, "From nothing to a chat"): nothing. Write /info in the group: the bot answers with the snippet for your website.',
  ]);
  for (const secret of [SECRET, 'dev-secret', 'cf-secret', 'a secret of the state']) {
    expect(asJson.output + asText.output).not.toContain(secret);
  }
});

test('the steps of the README come one after the other', async () => {
  owner.settings(COMPLETE);
  const bucket = COMPLETE.STATE_BUCKET;
  const github = {
    ListSourceCredentials: {
      json: { sourceCredentialsInfos: [{ serverType: 'GITHUB', authType: 'PERSONAL_ACCESS_TOKEN' }] },
    },
  };
  const steps: [AwsAnswers, string][] = [
    [{}, 'npm run bootstrap'],
    [soundBucket(bucket), 'npx cdktf deploy kite-build'],
    [
      deployedBuild(bucket),
      'aws codebuild start-build --region eu-north-1 --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml',
    ],
    [
      {
        'HeadObject artifacts/request-dispatcher/latest/function.zip': {},
        'HeadObject artifacts/lifecycle/latest/lifecycle.zip': {},
      },
      'npx cdktf deploy kite-stack --var-file=.env',
    ],
  ];
  let answers: AwsAnswers = github;
  for (const [taken, next] of steps) {
    answers = { ...answers, ...taken };
    const aws = await awsStandIn(answers);
    const { environment } = await offline({ AWS_ENDPOINT_URL: aws.url });
    const { next: told } = await owner.report({ environment });
    expect(told).toBe(next);
  }
});

test.each([
  ['nobody listens', nobodysUrl, /AWS cannot be reached \(ECONNREFUSED\)/],
  ['connections are cut', async () => (await standIn(() => 'reset')).url, /AWS cannot be reached \(ECONNRESET\)/],
  ['nobody answers', async () => (await standIn(() => 'silence')).url, /AWS did not answer in time/],
  [
    'everything is a web page',
    async () => (await standIn(() => ({ text: '<html><body>Log in' }))).url,
    /The endpoint did not return a valid AWS response/,
  ],
])('where %s, each line says so in words', async (state, place, words) => {
  owner.settings({ ...COMPLETE, DOMAIN: 'example.com', CLOUDFLARE_API_TOKEN: 'cf-secret' });
  const url = await place();
  const { environment } = await offline({ AWS_ENDPOINT_URL: url, TELEGRAM_API_ROOT: url });
  const seconds = state === 'nobody answers' ? '2' : '20';
  const stand = ['--seconds', seconds, '--cloudflare-api', url, '--terraform-registry', url];
  const ended = await doctor(environment, ...stand);
  expect(ended).toMatchObject({ status: 1, errors: '' });
  expect(ended.output).toMatch(words);
  expect(ended.output).toMatch(/^not checked +Bot of dev +Telegram could not be reached for getMe: /m);
  expect(ended.output).toMatch(/^not checked +Cloudflare token +(Cloudflare cannot be reached|The endpoint did not)/m);
  expect(ended.output).not.toMatch(/\n +at |node_modules|\[object|undefined|dev-secret|cf-secret/);
});

test('it reports missing packages and unknown options', async () => {
  mkdirSync(join(owner.folder, 'operations', 'doctor'), { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(owner.folder, 'package.json'));
  const copy = join(owner.folder, 'operations', 'doctor', 'start.cjs');
  for (const file of ['start.cjs', 'node-version.cjs'])
    copyFileSync(join(ROOT, 'operations', 'doctor', file), join(owner.folder, 'operations', 'doctor', file));
  expect(await node(copy, {}, [])).toEqual({
    status: 1,
    errors: '',
    output: 'problem      npm packages  They are not installed.\n\nNext: npm ci, then npm run doctor again.\n',
  });
  const json = await node(copy, {}, ['--json']);
  expect(JSON.parse(json.output)).toMatchObject({ ready: false, next: 'npm ci' });

  const refused = await doctor({}, '--jsno');
  expect(refused.status).toBe(1);
  expect(refused.errors).toMatch(/--jsno.*Known: --json, --seconds\./);
});
