import { ALLOWED_UPDATES, BOT_COMMANDS } from '../../lambdas/bot-profile';
import { stacks } from '../stacks/main-stacks';
import type { Attributes } from './synthesized';

const { kite } = stacks();

function the(type: string, fits: (attributes: Attributes) => boolean): { address: string; attributes: Attributes } {
  const [found, ...others] = Object.entries(kite.json.resource?.[type] ?? {}).filter(([, one]) => fits(one));
  if (!found || others.length > 0) throw new Error(`There is not exactly one such ${type}.`);
  return { address: `${type}.${found[0]}`, attributes: found[1] };
}

describe.each(['dev', 'prod'])('the webhook of %s', (stage) => {
  const token = the('aws_ssm_parameter', ({ name }) => name === `/kite/${stage}/telegram-bot-token`);
  const version = `\${${token.address}.version}`;
  const invocationOf = (scope: string) =>
    the(
      'aws_lambda_invocation',
      (one) => one['function_name'] === `${stage}-lifecycle-handler` && one['lifecycle_scope'] === scope,
    );
  const { attributes: invocation, address: registration } = invocationOf('CREATE_ONLY');
  const { attributes: removal } = invocationOf('CRUD');
  const dispatcher = the('aws_lambda_function', (one) => one['function_name'] === `${stage}-request-dispatcher`);

  it('gets everything that Telegram is told, and the version of the token, but never the token', () => {
    expect(JSON.parse(String(invocation['input']))).toEqual({
      webhookUrl: expect.stringMatching(new RegExp(`^https://.*/${stage}/tg$`)) as string,
      botTokenVersion: version,
      allowedUpdates: ALLOWED_UPDATES,
      commands: BOT_COMMANDS,
    });
    expect(JSON.stringify(invocation)).not.toContain('var.TELEGRAM');
  });

  it('is registered again when any of it changes, until that succeeds', () => {
    expect(invocation['triggers']).toEqual({ input: invocation['input'] });
  });

  it('is not removed when another one is registered: a registration that fails leaves it as it was', () => {
    expect(invocation['lifecycle_scope']).toBe('CREATE_ONLY');
    // Changed in place: what is replaced would be removed first.
    expect(removal).not.toHaveProperty('triggers');
    expect(removal['depends_on']).toEqual([registration]);
  });

  it('is removed with the stage, before anything that the removal needs', () => {
    const { webhookUrl, botTokenVersion } = JSON.parse(String(invocation['input'])) as Record<string, string>;
    expect(JSON.parse(String(removal['input']))).toEqual({ webhookUrl, botTokenVersion });
  });

  it('has minutes to be registered: Telegram may not find a new name at once', () => {
    const lifecycle = the('aws_lambda_function', (one) => one['function_name'] === `${stage}-lifecycle-handler`);
    expect(lifecycle.attributes['timeout']).toBe(180);
  });

  it('comes last: after the parameter, after every instance has the new token, after the permission to call', () => {
    expect(dispatcher.attributes).toMatchObject({
      publish: true,
      environment: { variables: { BOT_TOKEN_VERSION: version } },
    });
    const alias = the('aws_lambda_alias', (one) => one['function_version'] === `\${${dispatcher.address}.version}`);
    const permission = the(
      'aws_lambda_permission',
      (one) => one['function_name'] === `${stage}-request-dispatcher` && !JSON.stringify(one).includes('websocket-api'),
    );
    expect(invocation['depends_on']).toEqual(
      expect.arrayContaining([token.address, alias.address, permission.address]),
    );
  });
});
