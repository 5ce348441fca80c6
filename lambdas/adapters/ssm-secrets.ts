import type { Clock, Secrets } from '../chat/ports';

/** How often a secret is read again at most, milliseconds: guessing secrets must not cost the owner money. */
const RENEWAL = 60_000;

/** Secrets from SSM Parameter Store: one read per instance, and again only if that failed or somebody asks for it. */
export function ssmSecrets(
  botTokenParameter: string,
  clock: Pick<Clock, 'now'> = Date,
  read: (name: string) => Promise<string> = readSecureString,
): Secrets {
  let botToken: Promise<string> | undefined;
  let readAt = 0;
  const load = () => {
    readAt = clock.now();
    const loading = read(botTokenParameter);
    loading.catch(() => {
      if (botToken === loading) botToken = undefined;
    });
    return loading;
  };
  return {
    botToken: () => (botToken ??= load()),
    async renew() {
      if (clock.now() - readAt < RENEWAL) return;
      const old = botToken;
      botToken = load();
      await botToken.catch(() => {
        botToken = old;
      });
    },
  };
}

/**
 * The value of a parameter; `name:3` is its third version.
 * Throws an error that names the parameter and how to set it; never its value.
 */
export async function readSecureString(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('./sdk/ssm.ts');
  const client = new SSMClient({});
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  const value = Parameter?.Value?.trim();
  if (!value) throw new Error(`The SSM parameter ${name} is empty: set the bot token that BotFather gave you`);
  return value;
}
