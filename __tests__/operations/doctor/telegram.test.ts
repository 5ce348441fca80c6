import { createTelegram, type Telegram } from '../../../emulators/telegram';
import { chatId } from '../../../lambdas/adapters/telegram/ids';
import { bot, groups, privacyMode, webhook } from '../../../operations/doctor/checks/telegram';
import type { Check } from '../../../operations/doctor/check';
import type { Stage, DoctorContext } from '../../../operations/doctor/context';
import { API_URL, type AwsAnswers, awsStandIn, deployedKite } from './aws-stand-in';
import { type Answer, nobodysUrl, type StandIn, standIn, closeAll } from './http-stand-in';
import { COMPLETE, IMPATIENT, Owner, shellWithCredentials } from './owner';

shellWithCredentials();

const BOT = 'kite_dev_bot';
let owner: Owner;
let telegram: Telegram;
let apiRoot: string;
let aws: StandIn | undefined;

beforeEach(async () => {
  owner = new Owner().settings(COMPLETE);
  telegram = createTelegram({ bots: [{ token: COMPLETE.TELEGRAM_BOT_TOKEN, username: BOT, privacyMode: false }] });
  ({ apiRoot } = await telegram.listen());
});

afterEach(async () => {
  owner.gone();
  await telegram.close();
  await closeAll();
  aws = undefined;
});

const ofDev =
  (check: (stage: Stage) => Check) =>
  ({ stages }: DoctorContext): Check =>
    check(stages[0] ?? { name: 'dev', tokenName: 'TELEGRAM_BOT_TOKEN' });

/** What a check of dev prints, where AWS answers like this. */
async function sees(
  check: (stage: Stage) => Check,
  answers: AwsAnswers = {},
  root = apiRoot,
  seconds?: number,
): Promise<string[]> {
  aws = await awsStandIn(answers);
  const environment = { AWS_ENDPOINT_URL: aws.url, TELEGRAM_API_ROOT: root };
  return owner.sees(ofDev(check), { ...(seconds !== undefined && { seconds }), environment });
}

describe('Bot of dev', () => {
  it('is told by its name', async () => {
    expect(await sees(bot)).toEqual([`ok: @${BOT}.`]);
  });

  it('has a token that Telegram does not know', async () => {
    owner.settings({ ...COMPLETE, TELEGRAM_BOT_TOKEN: '4004:revoked-secret' });
    const lines = await sees(bot);
    expect(lines).toEqual([
      'problem: Telegram does not accept TELEGRAM_BOT_TOKEN (Unauthorized). -> Send /token to @BotFather, and write its answer into .env, TELEGRAM_BOT_TOKEN="..."',
    ]);
    for (const check of [privacyMode, webhook, groups]) {
      expect(await sees(check)).toEqual(['not checked: Telegram does not know the bot: see Bot of dev.']);
    }
  });

  it.each([
    [
      'missing',
      { ...COMPLETE, TELEGRAM_BOT_TOKEN: '' },
      /^problem: TELEGRAM_BOT_TOKEN is missing: dev needs a bot\. -> .*\/newbot/,
    ],
    [
      'no token',
      { ...COMPLETE, TELEGRAM_BOT_TOKEN: 'secret' },
      /^problem: TELEGRAM_BOT_TOKEN is not a bot token\. -> Copy it again/,
    ],
  ])('has a token that is %s', async (_, settings, line) => {
    owner.settings(settings);
    const lines = await sees(bot);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).not.toContain('secret');
  });

  it('has a token in the shell, where a deployment does not look', async () => {
    const { TELEGRAM_BOT_TOKEN, ...others } = COMPLETE;
    const lines = await owner.settings(others).sees(ofDev(bot), { environment: { TELEGRAM_BOT_TOKEN } });
    expect(lines).toEqual([
      expect.stringMatching(/^problem: TELEGRAM_BOT_TOKEN is set in this shell, and Terraform reads only \.env\./),
    ]);
    const found = { TF_VAR_TELEGRAM_BOT_TOKEN: TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT: apiRoot };
    expect(await owner.sees(ofDev(bot), { environment: found })).toEqual([`ok: @${BOT}.`]);
  });

  it.each([
    [
      'fails (500)',
      { status: 500, json: { ok: false, error_code: 500, description: 'Internal Server Error' } },
      /^not checked: Telegram refused getMe: Internal Server Error \(500\)\.$/,
    ],
    [
      'forbids (403)',
      { status: 403, json: { ok: false, error_code: 403, description: 'Forbidden' } },
      /^not checked: Telegram refused getMe: Forbidden \(403\)\.$/,
    ],
    ['is a web page', { text: '<html>' }, /^not checked: Telegram could not be reached for getMe: /],
    ['says nothing', 'silence', /^not checked: Telegram could not be reached for getMe: /],
    ['hangs up', 'reset', /^not checked: Telegram could not be reached for getMe: /],
  ] as [string, Answer, RegExp][])('is asked of a server that %s', async (_, answer, line) => {
    const server = await standIn(() => answer);
    const lines = await sees(bot, {}, server.url, answer === 'silence' ? IMPATIENT : undefined);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(lines[0]).not.toMatch(/dev-secret|\n|\.ts:\d/);
  });

  it('cannot be asked about', async () => {
    const nobody = await nobodysUrl();
    expect(await sees(bot, {}, nobody)).toEqual([
      expect.stringMatching(/^not checked: Telegram could not be reached for getMe: ECONNREFUSED/),
    ]);
    expect(await sees(webhook, {}, nobody)).toEqual(['not checked: Telegram is not available: see Bot of dev.']);
  });
});

/** The table of channels, with this group as the host of `help`. */
function hosted(...groupIds: number[]): AwsAnswers {
  const Items = groupIds.map((id, index) => ({ id: { S: `channel#help-${index + 1}` }, host: { S: chatId(id) } }));
  return { ...deployedKite(COMPLETE.STATE_BUCKET), Scan: { json: { Items, Count: Items.length } } };
}

/** A group with the bot in it. */
function group(kind: 'group' | 'supergroup' | 'forum', place: 'administrator' | 'member', rights = {}): number {
  const olena = telegram.people.user({ firstName: 'Olena' }).id;
  const chat = telegram.people.group({ title: 'Support', owner: olena, kind });
  telegram.people.addBot({ chat, by: olena, bot: BOT, administrator: place === 'administrator', rights });
  return chat;
}

describe('Privacy of dev', () => {
  const private_ = (): void =>
    telegram.addBot({ token: COMPLETE.TELEGRAM_BOT_TOKEN, username: BOT, privacyMode: true });

  it('is off', async () => {
    expect(await sees(privacyMode)).toEqual([`ok: Off: @${BOT} sees what is written in its groups.`]);
  });

  it('is on, before there is a group', async () => {
    private_();
    expect(await sees(privacyMode)).toEqual([
      `warning: On: where @${BOT} is not an administrator, it sees only commands and replies to its own messages. -> Send /setprivacy to @BotFather, then choose Disable; remove the bot from its groups and add it again`,
    ]);
  });

  it('is on, which does not matter to an administrator', async () => {
    private_();
    expect(await sees(privacyMode, hosted(group('supergroup', 'administrator')))).toEqual([
      `ok: On, but @${BOT} is an administrator wherever it hosts a channel.`,
    ]);
    const [line] = await sees(privacyMode, hosted(group('supergroup', 'administrator'), group('group', 'member')));
    expect(line).toMatch(/^warning: On: /);
  });
});

describe('Groups of dev', () => {
  const where = '"Support", which hosts help-1';

  it('cannot be found before kite-stack is deployed', async () => {
    expect(await sees(groups)).toEqual(['not checked: kite-stack is not deployed yet.']);
  });

  it('are none yet', async () => {
    expect(await sees(groups, hosted())).toEqual([
      `note: No channel is hosted yet. -> Add @${BOT} to a private group as an administrator, and send there: /host my-channel`,
    ]);
  });

  it('let the bot do everything', async () => {
    expect(await sees(groups, hosted(group('forum', 'administrator'), group('supergroup', 'administrator')))).toEqual([
      `ok: The bot may do everything it needs in ${where}.`,
      'ok: The bot may do everything it needs in "Support", which hosts help-2.',
    ]);
  });

  it.each([
    ['may not manage topics', { can_manage_topics: false }, 'manage topics', 'Manage topics'],
    ['may not pin', { can_pin_messages: false }, 'pin messages', 'Pin messages'],
    [
      'may neither pin nor delete',
      { can_pin_messages: false, can_delete_messages: false },
      'pin messages and to delete messages',
      'Pin messages and Delete messages',
    ],
  ])('have an administrator who %s', async (_, rights, lacking, allow) => {
    expect(await sees(groups, hosted(group('forum', 'administrator', rights)))).toEqual([
      `warning: In ${where}, the bot does not have the right to ${lacking}. -> In that group: Administrators, @${BOT}, allow ${allow}`,
    ]);
  });

  it('need no topics where there are none', async () => {
    const chat = group('supergroup', 'administrator', { can_manage_topics: false });
    expect(await sees(groups, hosted(chat))).toEqual([`ok: The bot may do everything it needs in ${where}.`]);
  });

  it('have topics and a bot that is not an administrator', async () => {
    expect(await sees(groups, hosted(group('forum', 'member')))).toEqual([
      expect.stringMatching(
        /^warning: The bot is not an administrator in "Support", which hosts help-1: it cannot make a topic/,
      ),
    ]);
  });

  it('have removed the bot', async () => {
    const chat = group('supergroup', 'member');
    telegram.people.removeBot({ chat, by: telegram.people.owner(chat), bot: BOT, ban: true });
    const [line] = await sees(groups, hosted(chat));
    expect(line).toMatch(
      /^warning: The bot is not in ".*", which hosts help-1 \(.+\): visitors are told that nobody is available\. -> /,
    );
  });

  it('may not be looked for', async () => {
    const denied = { status: 400, json: { __type: 'AccessDeniedException', message: 'no dynamodb:Scan for you' } };
    const [line] = await sees(groups, { ...hosted(), Scan: denied });
    expect(line).toMatch(/^not checked: .*no dynamodb:Scan for you/);
  });
});

describe('Webhook of dev', () => {
  const ours = `${API_URL}/tg`;
  const deployed = deployedKite(COMPLETE.STATE_BUCKET);
  const set = async (url: string): Promise<void> => {
    await fetch(`${apiRoot}/bot${COMPLETE.TELEGRAM_BOT_TOKEN}/setWebhook?url=${encodeURIComponent(url)}`);
  };

  it('comes with kite-stack', async () => {
    expect(await sees(webhook)).toEqual(['ok: None until kite-stack is deployed.']);
  });

  it('is ours', async () => {
    await set(ours);
    expect(await sees(webhook, deployed)).toEqual([`ok: ${ours}`]);
  });

  it('is gone, and the command registers it again', async () => {
    const [line] = await sees(webhook, deployed);
    expect(line).toMatch(/^warning: Telegram delivers the messages of @kite_dev_bot nowhere\. -> aws lambda invoke /);
    expect(line).toContain('--region eu-north-1 --function-name dev-lifecycle-handler --qualifier live');
    expect(line).toContain(`'{"webhookUrl":"${ours}"}'`);
  });

  it('belongs to another service, whose URL may be secret', async () => {
    await set('https://other.example.com/bot-secret-path');
    const [line] = await sees(webhook, deployed);
    expect(line).toMatch(
      /^warning: Telegram delivers the messages of @kite_dev_bot to other\.example\.com, and not to /,
    );
    expect(line).not.toContain('secret-path');
    expect((await sees(webhook))[0]).toMatch(
      /^warning: @kite_dev_bot is used by something else: its messages go to other\.example\.com\./,
    );
  });

  it('fails, and what waits is counted', async () => {
    const info = {
      url: ours,
      has_custom_certificate: false,
      pending_update_count: 7,
      last_error_date: Math.floor(Date.now() / 1000) - 60,
      last_error_message: 'Wrong response from the webhook: 503 Service Unavailable',
    };
    const me = { id: 1001, is_bot: true, first_name: 'Kite', username: BOT, can_join_groups: true };
    const server = await standIn(({ path }) => ({ json: { ok: true, result: path.endsWith('/getMe') ? me : info } }));
    const [line] = await sees(webhook, deployed, server.url);
    expect(line).toContain("Telegram's last attempt failed at ");
    expect(line).toContain('Wrong response from the webhook: 503 Service Unavailable. 7 updates wait.');
    expect(line).toContain('-> aws logs tail --region eu-north-1 /aws/lambda/dev-request-dispatcher');
  });
});
