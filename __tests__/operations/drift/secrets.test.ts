import { readSecrets } from '../../../operations/drift/secrets';

const PARAMETERS: Readonly<Record<string, string>> = { '/kite/dev/telegram-bot-token': '1:dev' };
const read = async (name: string) => {
  const value = PARAMETERS[name];
  if (value === undefined) throw Object.assign(new Error('UnknownError'), { name: 'ParameterNotFound' });
  return value;
};

test('Terraform gets the secrets that are deployed; of the others it says itself that they are missing', async () => {
  const list =
    'TF_VAR_TELEGRAM_BOT_TOKEN=/kite/dev/telegram-bot-token TF_VAR_TELEGRAM_PROD_BOT_TOKEN=/kite/prod/telegram-bot-token';
  expect(await readSecrets(list, read)).toEqual({ TF_VAR_TELEGRAM_BOT_TOKEN: '1:dev' });
});

test('a secret that cannot be read fails the check', async () => {
  const refused = async () => Promise.reject(Object.assign(new Error('may not'), { name: 'AccessDeniedException' }));
  await expect(readSecrets('TF_VAR_A=/a', refused)).rejects.toThrow('may not');
});
