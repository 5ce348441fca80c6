import type { Secrets } from '../chat/ports';

/** Secrets from SSM Parameter Store: one read per instance, and again only if that failed. */
export function ssmSecrets(botTokenParameter: string): Secrets {
  let botToken: Promise<string> | undefined;
  return {
    botToken() {
      botToken ??= readSecureString(botTokenParameter).catch((error: unknown) => {
        botToken = undefined;
        throw error;
      });
      return botToken;
    },
  };
}

/** Throws an error that names the parameter and how to set it; never its value. */
async function readSecureString(name: string): Promise<string> {
  const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
  const value = Parameter?.Value?.trim();
  if (!value) throw new Error(`The SSM parameter ${name} is empty: set the bot token that BotFather gave you`);
  return value;
}
