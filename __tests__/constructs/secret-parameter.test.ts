import { TerraformVariable } from 'cdktf';
import { Role } from '../../constructs/core/role';
import { SecretParameter, SecretParameterProps } from '../../constructs/core/secret-parameter';
import { Synthesized } from './synthesized';

function parameter(props: Partial<SecretParameterProps> = {}, sensitive = true): Synthesized {
  return Synthesized.stackWith((scope) => {
    const value = new TerraformVariable(scope, 'TOKEN', { type: 'string', sensitive });
    const secret = new SecretParameter(scope, 'secret', {
      parameterName: '/kite/dev/telegram-bot-token',
      description: 'test',
      value,
      ...props,
    });
    secret.grantRead({
      role: new Role(scope, 'role', { roleName: 'r', description: 'test', service: 'lambda.amazonaws.com' }),
    });
  });
}

describe('SecretParameter', () => {
  it('is encrypted, and gets its value from Terraform', () => {
    expect(parameter().the('aws_ssm_parameter')).toMatchObject({
      name: '/kite/dev/telegram-bot-token',
      type: 'SecureString',
      value: '${var.TOKEN}',
    });
  });

  it('may be read by its own name only, and each of its versions', () => {
    const stack = parameter();
    const arn = `\${${stack.address('aws_ssm_parameter')}.arn}`;
    expect(stack.grant('read-secret')).toEqual([
      { Effect: 'Allow', Action: ['ssm:GetParameter'], Resource: [arn, `${arn}:*`] },
    ]);
  });

  it('checks the form where Terraform does not repeat the value', () => {
    const stack = parameter({ form: { pattern: '^[0-9]+:[a-z]+$', sentence: 'TOKEN is no bot token.' } });
    expect(stack.the('aws_ssm_parameter')['lifecycle']).toEqual({
      precondition: [
        { condition: '${can(regex("^[0-9]+:[a-z]+$", var.TOKEN))}', error_message: 'TOKEN is no bot token.' },
      ],
    });
  });

  it('refuses a variable that Terraform would show', () => {
    expect(() => parameter({}, false)).toThrow(
      'test/secret: the variable TOKEN is not sensitive; declare it so before it becomes /kite/dev/telegram-bot-token.',
    );
  });
});
