import { createWebhookGuard } from '../../../../lambdas/adapters/telegram/webhook-guard';
import { webhookSecret } from '../../../../lambdas/adapters/telegram/webhook-secret';
import { ssmSecrets } from '../../../../lambdas/adapters/ssm-secrets';

const TOKEN = '123456:old';
const right = webhookSecret(TOKEN, 'dev');

describe('the webhook', () => {
  const guard = createWebhookGuard({ botToken: async () => TOKEN }, 'dev');

  test('takes the secret it was registered with', async () => {
    await expect(guard(right)).resolves.toBe(true);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['a wrong one', 'x'.repeat(43)],
    ['one letter less', right.slice(0, -1)],
    ['one letter more', `${right}x`],
    ['that of another stage', webhookSecret(TOKEN, 'prod')],
    ['the bot token itself', TOKEN],
  ])('refuses %s', async (_what, secret) => {
    await expect(guard(secret)).resolves.toBe(false);
  });

  test('the secret has the form that Telegram asks for', () => {
    expect(right).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
    expect(right).not.toContain(TOKEN);
  });
});

describe('a bot token that was changed', () => {
  test('is read again when the new secret comes, and at most once a minute', async () => {
    let now = 0;
    let token = TOKEN;
    let reads = 0;
    const secrets = ssmSecrets('/kite/dev/telegram-bot-token', { now: () => now }, async () => {
      reads++;
      return token;
    });
    const guard = createWebhookGuard(secrets, 'dev');
    expect(await guard(right)).toBe(true);
    token = '123456:new';
    const renewed = webhookSecret(token, 'dev');
    expect(await guard(renewed)).toBe(false);
    expect(reads).toBe(1);
    now = 60_000;
    expect(await guard(renewed)).toBe(true);
    for (let i = 0; i < 10; i++) await guard('wrong');
    expect(reads).toBe(2);
  });

  test('a reading that failed is repeated, and the old token kept meanwhile', async () => {
    let now = 0;
    let fail = true;
    const secrets = ssmSecrets('/x', { now: () => now }, async () => {
      if (fail) throw new Error('throttled');
      return TOKEN;
    });
    await expect(secrets.botToken()).rejects.toThrow('throttled');
    fail = false;
    await expect(secrets.botToken()).resolves.toBe(TOKEN);
    fail = true;
    now = 100_000;
    await secrets.renew?.();
    await expect(secrets.botToken()).resolves.toBe(TOKEN);
  });
});
