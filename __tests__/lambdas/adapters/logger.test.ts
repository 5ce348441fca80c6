import { createLogger, withoutTokens } from '../../../lambdas/adapters/logger';

const TOKEN = '123456789:AAExampleExampleExampleExampleExample';

test('one JSON object per line, errors included', () => {
  const lines: string[] = [];
  const logger = createLogger('request-dispatcher', 'INFO', (line) => lines.push(line));
  logger.error('It failed', { channel: 'my-channel', error: new TypeError('wrong'), big: 5n });
  expect(JSON.parse(lines[0]!)).toMatchObject({
    level: 'ERROR',
    message: 'It failed',
    service: 'request-dispatcher',
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    channel: 'my-channel',
    error: { name: 'TypeError', message: 'wrong' },
    big: '5',
  });
});

test('what is below the level is not written', () => {
  const lines: string[] = [];
  const logger = createLogger('x', 'WARN', (line) => lines.push(line));
  logger.info('a');
  logger.warn('b');
  logger.error('c');
  expect(lines).toHaveLength(2);
});

test('a bot token is never written', () => {
  const lines: string[] = [];
  const logger = createLogger('x', 'INFO', (line) => lines.push(line));
  logger.info(`GET https://api.telegram.org/bot${TOKEN}/getMe`, { error: new Error(`failed: ${TOKEN}`) });
  logger.info('http://127.0.0.1:3000/telegram/api/bot1:x/getMe');
  expect(lines.join('\n')).not.toMatch(/AAExample|bot1:x/);
  expect(withoutTokens('at 12:30:00 in build 12345:67')).toBe('at 12:30:00 in build 12345:67');
});
