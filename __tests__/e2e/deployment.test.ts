import { join as path } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import type { CommandResult } from '../../local/sandbox/command-runner';
import { inventory } from './inventory';
import { Sandbox, SANDBOX_BOTS } from '../../local/sandbox/sandbox';
import { buildZips, succeeded, zipsOf } from '../../local/sandbox/steps';
import { remoteChat } from '../contract/remote';
import { chatContract } from '../contract/suite';
import { filledIn, readme } from '../readme/readme';
import { chatBothWays, hostChannel, httpOf, join, webSocketOf, type Support } from './chat';
import { askDoctor } from './doctor';
import { DOMAIN, GITHUB_TOKEN, NODE_JS_SETTINGS, deployNodeJs, type NodeJsDeployment } from './node-js-owner';
import { withPrograms } from './path-with-programs';
import { errorsIn, refused } from './refusal';
import { refusedCalls } from './role-policies';
import { runSchedule } from './schedule';
import { NOTHING_LOST } from './token-rotation';
import { changesIn, environments, filesBelow, secretsIn } from './traces';
import { Visitor } from './visitor';

/**
 * Two accounts side by side, because Terraform's provider mostly waits. The first goes through an owner's whole life with
 * the native build and both stages; the second deploys the Node.js build as an asset, under a domain in Route 53, and
 * changes the token of its bot.
 * Tests of one account build on each other, in order.
 */
const LONG_MS = 400_000;

const REFUSAL = 'Bad Request: bad webhook: the certificate of this host has expired';

let native: Sandbox;
let common: Sandbox;
/** What the second account is doing meanwhile. */
let commonDeployed: Promise<NodeJsDeployment> | undefined;

beforeAll(async () => {
  await Promise.all([buildZips(zipsOf('native')), buildZips(zipsOf('common'))]);
  [native, common] = await Promise.all([start({}), start(NODE_JS_SETTINGS)]);
  commonDeployed = deployNodeJs(common);
  // Its test says so if it fails.
  commonDeployed.catch(() => undefined);
}, LONG_MS);

afterAll(async () => {
  await Promise.all([native?.stop(), common?.stop()]);
}, LONG_MS);

/** Starts an account with the state bucket in it. */
async function start(settings: Readonly<Record<string, string>>): Promise<Sandbox> {
  const sandbox = await Sandbox.start({ environment: withPrograms(process.env), settings });
  await succeeded('bootstrap', sandbox.type(readme('npm run bootstrap')));
  return sandbox;
}

describe('an owner deploys the native build, with dev and prod', () => {
  const printed: string[] = [];
  const support: Partial<Record<'dev' | 'prod', Support>> = {};
  let failed: string | undefined;
  /** A step of the owner's life: after one that failed, the others are not tried. */
  const step = (title: string, body: () => Promise<void>): void =>
    test(
      title,
      async () => {
        if (failed !== undefined) throw new Error(`Not tried, because this failed: ${failed}`);
        failed = title;
        await body();
        failed = undefined;
      },
      LONG_MS,
    );
  /** Made while people chat: a plan changes nothing. */
  let secondPlans: Promise<readonly string[]> | undefined;
  const planAgain = async (): Promise<readonly string[]> => [
    (await succeeded('plan of kite-build', keep(native.diff('kite-build')))).output,
    (await succeeded('plan of kite-stack', keep(native.type(readme('npm run diff kite-stack -- --var-file=.env')))))
      .output,
  ];
  const keep = async (command: Promise<CommandResult>): Promise<CommandResult> => {
    const result = await command;
    printed.push(result.output);
    return result;
  };

  step('kite-stack before kite-build fails with a sentence that says what to do', async () => {
    const sentence = 'Deploy kite-build first (npx cdktf deploy kite-build)';
    const { status, output } = await keep(refused(native, 'kite-stack', sentence));
    expect(status).not.toBe(0);
    expect(errorsIn(output)).toContain(sentence);
    expect(await inventory(native.aws)).toEqual(['bucket kite-sandbox-state']);
  });

  step('kite-build is deployed from nothing, and the functions are stored where it says', async () => {
    await succeeded('kite-build', keep(native.type(readme('npx cdktf deploy kite-build'))));
    // It succeeds at once here; __tests__/e2e/pipeline.test.ts runs what it names.
    const startBuild = readme(
      'aws codebuild start-build --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml',
    );
    expect((await succeeded('start-build', native.type(startBuild))).output).toContain('build-and-deploy-project');
    const outputs = await native.outputs('kite-build');
    for (const upload of [
      readme('aws s3 cp dist/lambdas/native/arm64/function.zip s3://<s3-source-bucket>/<function-s3-key>'),
      readme('aws s3 cp dist/lambdas/native/arm64/lifecycle.zip s3://<s3-source-bucket>/<lifecycle-s3-key>'),
    ]) {
      // What is deployed here runs on this machine.
      const line = filledIn(upload, outputs).replace('arm64', zipsOf('native').architecture);
      await succeeded('upload', native.type(line));
    }
  });

  step("a webhook that Telegram refuses fails the deployment with Telegram's own words", async () => {
    native.telegram.faults.inject({
      method: 'setWebhook',
      times: Infinity,
      when: (parameters) => parameters.text('url')?.endsWith('/prod/tg') ?? false,
      fault: { kind: 'refuse', description: REFUSAL },
    });
    const { status, output } = await keep(refused(native, 'kite-stack', REFUSAL));
    expect(status).not.toBe(0);
    expect(errorsIn(output)).toContain(REFUSAL);
    native.telegram.faults.clear();
  });

  step('the same deployment goes on where it failed, and registers the webhooks of both bots', async () => {
    await succeeded('kite-stack', keep(native.type(readme('npx cdktf deploy kite-stack --var-file=.env'))));
    const registered = native.telegram.calls('setWebhook').filter(({ code }) => code === 200);
    expect(registered.map(({ parameters }) => new URL(String(parameters['url'])).pathname).sort()).toEqual([
      '/dev/tg',
      '/prod/tg',
    ]);
    await native.serve();
    secondPlans = planAgain();
    secondPlans.catch(() => undefined);
  });

  for (const stage of ['dev', 'prod'] as const)
    step(`the transcript of the README holds in ${stage}, word for word`, async () => {
      const visitor = await Visitor.connect(`${webSocketOf(native, stage)}?param=test`);
      expect(visitor.protocol).toBe('k1te.chat.v1');
      expect(await visitor.ask('Hi')).toBe('OK');
      expect(await visitor.ask('["PING"]')).toBe('["PONG"]');
      await visitor.close();
      const answer = await fetch(`${httpOf(native, stage)}/tg`);
      expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 200, body: 'OK' });
    });

  for (const stage of ['dev', 'prod'] as const)
    step(`a visitor and an operator chat both ways in ${stage}`, async () => {
      const channel = `help-in-${stage}`;
      support[stage] = await hostChannel(native, stage, channel);
      const visitor = await join(webSocketOf(native, stage), channel, 'v1s1t0r0001', 'Ada');
      await chatBothWays(visitor, support[stage]!, { question: `Is ${stage} there?`, answer: `Yes, ${stage} is.` });
      await visitor.close();
    });

  step('dev cannot see prod: neither a channel, nor anything that its functions ask for', async () => {
    await expect(Visitor.connect(`${webSocketOf(native, 'dev')}?c=help-in-prod`)).rejects.toThrow('404');
    await expect(Visitor.connect(`${webSocketOf(native, 'prod')}?c=help-in-dev`)).rejects.toThrow('404');
    for (const [stage, other] of [
      ['dev', 'prod'],
      ['prod', 'dev'],
    ] as const) {
      const own = native.aws.calls.find({ caller: new RegExp(`:role/.*${stage}-request-dispatcher`) });
      expect(own.length).toBeGreaterThan(10);
      const foreign = new RegExp(`[:/-]${other}[.:/-]`);
      expect(own.filter(({ resource }) => foreign.test(resource))).toEqual([]);
    }
  });

  describe('the contract of the chat holds for what was deployed', () => {
    chatContract(async () => {
      if (failed !== undefined) throw new Error(`Not tried, because this failed: ${failed}`);
      return remoteChat({
        websocketUrl: webSocketOf(native, 'dev'),
        apiUrl: httpOf(native, 'dev'),
        telegram: native.telegram,
        bot: SANDBOX_BOTS.dev.username,
        close: async () => undefined,
      });
    });
  });

  step('a message is delivered late, and not lost, when Telegram fails', async () => {
    const visitor = await join(webSocketOf(native, 'dev'), 'help-in-dev', 'v1s1t0r0002', 'Grace');
    native.telegram.faults.inject({
      method: 'sendMessage',
      times: 1,
      fault: { kind: 'tooManyRequests', retryAfter: 1 },
    });
    await chatBothWays(visitor, support.dev!, { question: 'Does this get through?', answer: 'It does.' });
    await visitor.close();
  });

  step('a visitor who has left is gone at the management API', async () => {
    const visitor = await join(webSocketOf(native, 'dev'), 'help-in-dev', 'v1s1t0r0003', 'Edsger');
    await visitor.close();
    await expect(
      native.aws.call({ service: 'execute-api', method: 'GET', url: '/dev/@connections/none' }),
    ).rejects.toThrow('Gone');
  });

  step('the scheduled check finds the webhook where it belongs', async () => {
    for (const stage of ['dev', 'prod'])
      expect(await runSchedule(native, `kite-${stage}-webhook-check`)).toMatchObject({ webhook: 'ours' });
  });

  step('a second plan of either stack shows no change', async () => {
    for (const plan of (await secondPlans) ?? ['no plan was made']) expect(changesIn(plan)).toBe('No changes.');
  });

  step('the doctor finds nothing wrong, but for what an emulated account cannot have', async () => {
    const { status, well, rest } = await askDoctor(native);
    expect(status).toBe(0);
    // In dev, the contract has left groups and bots in every state there is.
    const ofDev = /^(Privacy|Webhook|Groups) of dev/;
    expect(rest.filter((line) => !ofDev.test(line))).toEqual([
      'GitHub: warning: CodeBuild in eu-north-1 has no credential for GitHub, and CODE_CREDENTIAL is empty.',
      'Cloudflare token: not checked: Not needed: DOMAIN is empty.',
      'Cloudflare zone: not checked: Not needed: DOMAIN is empty.',
    ]);
    expect(well).toEqual(expect.arrayContaining(['State bucket', 'kite-stack', 'Webhook of prod', 'Groups of prod']));
  });

  step('what the functions print is in their log groups, without a word of what was said', async () => {
    await native.aws.flushLogs();
    const events = await logEvents(native, '/aws/lambda/dev-request-dispatcher');
    expect(events).not.toContain('Is dev there?');
    expect(events).not.toContain('v1s1t0r000');
    for (const step of ['accepted', 'delivered to Telegram', 'pushed'])
      expect(events).toContain(`A message was ${step}`);
    const lifecycle = await logEvents(native, '/aws/lambda/dev-lifecycle-handler');
    expect(lifecycle).toContain('Webhook registered');
    expect(lifecycle).toContain('WebhookIsOurs');
  });

  step('every call that a function made is one that its role allows', async () => {
    const made = native.aws.calls.distinct().filter(({ caller }) => caller.includes(':role/'));
    expect(new Set(made.map(({ caller }) => caller.split('/').at(-1)))).toEqual(
      new Set(
        ['dev', 'prod'].flatMap((stage) =>
          ['request-dispatcher', 'lifecycle-handler', 'webhook-check'].map((name) => `kite-${stage}-${name}`),
        ),
      ),
    );
    expect(await refusedCalls(native.aws, made)).toEqual([]);
  });

  step('no secret is in cdktf.out, in what was printed, or in the environment of a function or a build', async () => {
    expect(
      secretsIn(
        Object.values(SANDBOX_BOTS).map(({ token }) => token),
        {
          printed: printed.join('\n'),
          ...filesBelow(path(native.folder, 'cdktf.out')),
          ...(await environments(native)),
        },
      ),
    ).toEqual([]);
  });

  step('destroying both stacks removes the webhooks and leaves nothing but the state bucket', async () => {
    const before = native.telegram.calls('deleteWebhook').length;
    await succeeded('destroy of both stacks', keep(native.type(readme('npm run destroy-prod'))));
    expect(native.telegram.calls('deleteWebhook').length - before).toBe(2);
    expect(await inventory(native.aws)).toEqual(['bucket kite-sandbox-state']);
  });
});

describe('an owner deploys the Node.js build as an asset, under a domain in Route 53', () => {
  let deployed: NodeJsDeployment;

  test(
    'both stacks are deployed and destroyed',
    async () => {
      deployed = (await commonDeployed)!;
    },
    LONG_MS,
  );

  test('a visitor and an operator chat through it', () => {
    expect(deployed.transcript).toEqual(['k1te.chat.v1', 'OK', '["PONG"]']);
  });

  test('the domain is served: certificate, API domain names, records, and the webhook under it', () => {
    expect(deployed.resources).toEqual(
      expect.arrayContaining([
        `domain name api.${DOMAIN}`,
        `domain name ws.${DOMAIN}`,
        expect.stringMatching(/^certificate /),
        `record api.${DOMAIN}. A`,
        `record ws.${DOMAIN}. A`,
      ]),
    );
    expect(deployed.webhook).toBe(`https://api.${DOMAIN}/dev/tg`);
  });

  test('there is no prod, and no check for drift', () => {
    expect(deployed.resources.filter((resource) => /prod|drift/.test(resource))).toEqual([]);
  });

  test('the logs are archived, and asked by SQL', () => {
    expect(deployed.resources).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^bucket kite-dev-logs-/),
        'delivery stream kite-dev-logs',
        'database kite_dev_logs',
        'workgroup kite-dev-logs',
      ]),
    );
  });

  test('a bot token is revoked and replaced while people chat, and not a message is lost', () => {
    expect(deployed.rotation).toMatchObject(NOTHING_LOST);
  });

  test('a second plan of either stack shows no change', () => {
    for (const plan of deployed.secondPlans) expect(changesIn(plan)).toBe('No changes.');
  });

  test('every call that a function made is one that its role allows', () => {
    expect(deployed.callers).toEqual(new Set(['kite-dev-request-dispatcher', 'kite-dev-lifecycle-handler']));
    expect(deployed.refusedCalls).toEqual([]);
  });

  test('no secret is in cdktf.out, in what was printed, or in the environment of a function or a build', () => {
    const secrets = [SANDBOX_BOTS.dev.token, deployed.rotation.token, GITHUB_TOKEN];
    expect(secretsIn(secrets, { printed: deployed.printed, ...deployed.environments })).toEqual([]);
  });

  test('nothing is left but the state bucket', () => {
    expect(deployed.left).toEqual(['bucket kite-sandbox-state']);
  });
});

/** What a log group holds, when something has come. */
async function logEvents(sandbox: Sandbox, logGroupName: string): Promise<string> {
  const target = 'Logs_20140328.FilterLogEvents';
  for (let tries = 0; ; tries += 1) {
    const { events } = await sandbox.aws.call({ service: 'logs', target, body: { logGroupName } });
    const text = JSON.stringify(events);
    if (text !== '[]' || tries > 20) return text;
    await pause(100);
  }
}
