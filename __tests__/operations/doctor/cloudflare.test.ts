import { cloudflareToken, cloudflareZone } from '../../../operations/doctor/checks/cloudflare';
import { type Answer, nobodysUrl, type StandIn, standIn, closeAll } from './http-stand-in';
import { COMPLETE, IMPATIENT, Owner } from './owner';

const TOKEN = 'cf-secret-token';
let owner: Owner;
let cloudflare: StandIn | undefined;

beforeEach(() => {
  owner = new Owner().settings({
    ...COMPLETE,
    DOMAIN: 'chat.example.com',
    DNS_ZONE: 'example.com',
    CLOUDFLARE_API_TOKEN: TOKEN,
  });
});

afterEach(async () => {
  owner.gone();
  await closeAll();
  cloudflare = undefined;
});

interface Answers {
  readonly verify?: Answer;
  readonly zones?: Answer;
  readonly records?: Answer;
}

const good = (result: unknown): Answer => ({ json: { success: true, errors: [], messages: [], result } });
const bad = (status: number, code: number, message: string): Answer => ({
  status,
  json: { success: false, errors: [{ code, message }], messages: [], result: null },
});
const zone = (more: object = {}) => ({ id: 'z1', name: 'example.com', status: 'active', permissions: [], ...more });

/** Cloudflare's API, in the shapes of its documentation. */
async function sees(check: typeof cloudflareZone, answers: Answers): Promise<string[]> {
  cloudflare = await standIn(({ path, query, headers }) => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return bad(400, 6003, 'Invalid request headers');
    if (path.endsWith('/user/tokens/verify')) return answers.verify ?? good({ id: 't1', status: 'active' });
    if (path.endsWith('/dns_records')) return answers.records ?? good([]);
    return answers.zones ?? good(query.get('name') === 'example.com' ? [zone()] : []);
  });
  const seconds = Object.values(answers).includes('silence') ? { seconds: IMPATIENT } : {};
  return owner.sees(check, { ...seconds, cloudflareApi: `${cloudflare.url}/client/v4` });
}

const MAKE = /-> Create a token from the template "Edit zone DNS" at https:\/\/dash\.cloudflare\.com/;
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

describe('Cloudflare token', () => {
  it.each([
    ['is active', {}, /^ok: Active\.$/],
    ['has expired', { verify: good({ id: 't1', status: 'expired' }) }, /^problem: CLOUDFLARE_API_TOKEN is expired\./],
    [
      'ends soon',
      { verify: good({ status: 'active', expires_on: inDays(3) }) },
      /^warning: CLOUDFLARE_API_TOKEN expires on \d{4}-\d\d-\d\d\./,
    ],
    ['ends in a year', { verify: good({ status: 'active', expires_on: inDays(365) }) }, /^ok: Active\.$/],
    [
      'is not known (401)',
      { verify: bad(401, 1000, 'Invalid API Token'), zones: bad(403, 9109, 'Invalid access token') },
      /^problem: Cloudflare does not accept CLOUDFLARE_API_TOKEN\. Cloudflare answered 401: Invalid API Token \(1000\)\. /,
    ],
    [
      "is an account's, which is not verified here but sees the zone",
      { verify: bad(401, 1000, 'Invalid API Token') },
      /^ok: Cloudflare accepts it\.$/,
    ],
    [
      'meets a server that fails (502)',
      { verify: bad(502, 0, 'Bad gateway') },
      /^not checked: Cloudflare answered 502/,
    ],
    [
      'meets something else',
      { verify: { text: '<html>' } },
      /^not checked: The endpoint did not return a valid Cloudflare response \(HTTP 200\)\.$/,
    ],
    [
      'meets an answer of another shape',
      { verify: good({ id: 't1' }) },
      /^not checked: Cloudflare's response is not valid/,
    ],
    ['meets silence', { verify: 'silence' }, /^not checked: Cloudflare cannot be reached \(TimeoutError\)\.$/],
    ['meets a connection that is cut', { verify: 'reset' }, /^not checked: Cloudflare cannot be reached/],
  ] as [string, Answers, RegExp][])('%s', async (_, answers, line) => {
    const lines = await sees(cloudflareToken, answers);
    expect(lines).toEqual([expect.stringMatching(line)]);
    if (lines[0]?.startsWith('problem') || lines[0]?.startsWith('warning')) expect(lines[0]).toMatch(MAKE);
    expect(lines[0]).not.toContain(TOKEN);
  });

  it('cannot be asked about', async () => {
    expect(await owner.sees(cloudflareToken, { cloudflareApi: await nobodysUrl() })).toEqual([
      'not checked: Cloudflare cannot be reached (ECONNREFUSED).',
    ]);
  });

  it('is asked too often (429)', async () => {
    const lines = await sees(cloudflareToken, { verify: bad(429, 971, 'Please wait') });
    expect(lines).toEqual(['not checked: Cloudflare answered 429: Please wait (971).']);
  });

  it('is missing', async () => {
    owner.settings({ ...COMPLETE, DOMAIN: 'example.com' });
    expect(await sees(cloudflareToken, {})).toEqual([
      expect.stringMatching(/^problem: CLOUDFLARE_API_TOKEN is missing\./),
    ]);
    expect(await sees(cloudflareZone, {})).toEqual(['not checked: It needs a token.']);
  });

  it.each([
    ['without a domain', COMPLETE, 'not checked: Not needed: DOMAIN is empty.'],
    [
      'with Route 53',
      { ...COMPLETE, DOMAIN: 'example.com', DNS: 'route53' },
      'not checked: Not needed: DNS is "route53".',
    ],
  ])('is not needed %s', async (_, settings, line) => {
    owner.settings(settings);
    for (const check of [cloudflareToken, cloudflareZone]) expect(await sees(check, {})).toEqual([line]);
    expect(cloudflare?.asked).toEqual([]);
  });
});

describe('Cloudflare zone', () => {
  it('has no name that could be looked for', async () => {
    owner.settings({ ...COMPLETE, DOMAIN: 'https://example.com', CLOUDFLARE_API_TOKEN: TOKEN });
    expect(await sees(cloudflareZone, {})).toEqual(['not checked: DOMAIN is malformed: see Settings.']);
  });

  it.each([
    [
      'may be edited',
      { zones: good([zone({ permissions: ['#zone:read', '#dns_records:edit'] })]) },
      /^ok: example\.com: this token may edit its DNS\.$/,
    ],
    [
      'may be read; more is not told',
      {},
      /^ok: example\.com: this token may read its DNS\. Cloudflare does not say whether/,
    ],
    [
      'may only be read',
      { zones: good([zone({ permissions: ['#zone:read', '#dns_records:read'] })]) },
      /^warning: example\.com: .* not edit it\. -> Add the permission Zone, DNS, Edit/,
    ],
    ['is not seen', { zones: good([]) }, /^problem: This token does not see the zone example\.com\. -> .*DNS_ZONE/],
    [
      'has not been moved to Cloudflare yet',
      { zones: good([zone({ status: 'pending', name_servers: ['a.ns.cloudflare.com', 'b.ns.cloudflare.com'] })]) },
      /^warning: example\.com is pending: .* -> Set them at your registrar: a\.ns\.cloudflare\.com and b\.ns\.cloudflare\.com$/,
    ],
    [
      'has records that may not be read (403)',
      { records: bad(403, 10000, 'Authentication error') },
      /^problem: example\.com: this token may not read its DNS\. -> Add the permission Zone, DNS, Edit/,
    ],
    [
      'meets something else',
      { zones: { text: '{"zones":' } },
      /^not checked: The endpoint did not return a valid Cloudflare response \(HTTP 200\)\.$/,
    ],
  ] as [string, Answers, RegExp][])('%s', async (_, answers, line) => {
    expect(await sees(cloudflareZone, answers)).toEqual([expect.stringMatching(line)]);
  });
});
