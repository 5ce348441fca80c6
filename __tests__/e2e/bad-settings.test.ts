import { inventory } from './inventory';
import { Sandbox } from '../../local/sandbox/sandbox';
import { succeeded } from '../../local/sandbox/steps';
import { refused } from './refusal';

jest.setTimeout(120_000);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await Sandbox.start({ environment: process.env });
  await succeeded('bootstrap', sandbox.bootstrap());
});
afterAll(() => sandbox?.stop());

const MALFORMED_TOKEN = 'not-a-token-but-still-secret';

/** Settings that nobody can deploy, and the sentence that cdktf ends with. */
const CASES: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['no bot token', { TELEGRAM_BOT_TOKEN: '' }, 'TELEGRAM_BOT_TOKEN is missing: '],
  ['prod without a bot of its own', { TELEGRAM_PROD_BOT_TOKEN: '' }, 'TELEGRAM_PROD_BOT_TOKEN is missing: '],
  [
    'a domain at Cloudflare without its token',
    { DOMAIN: 'kite.example', DNS: 'cloudflare', CLOUDFLARE_API_TOKEN: '' },
    'CLOUDFLARE_API_TOKEN is missing: ',
  ],
  ['a domain that is none', { DOMAIN: 'not a domain' }, 'DOMAIN'],
  ['a token that is none', { TELEGRAM_BOT_TOKEN: MALFORMED_TOKEN }, 'TELEGRAM_BOT_TOKEN'],
];

test.each(CASES)(
  'cdktf deploy kite-stack with %s says so, what to do, and changes nothing',
  async (_, wrong, sentence) => {
    const before = sandbox.settings;
    sandbox.writeSettings(wrong);
    const { status, output } = await refused(sandbox, 'kite-stack', sentence);
    sandbox.writeSettings(Object.fromEntries(Object.keys(wrong).map((name) => [name, before[name] ?? ''])));
    const said = output.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
    expect(status).not.toBe(0);
    expect(said).toContain(sentence);
    expect(said).not.toContain(MALFORMED_TOKEN);
    // No stack trace: neither of Node nor of cdktf.
    expect(output).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    expect(await inventory(sandbox.aws)).toEqual(['bucket kite-sandbox-state']);
  },
);
