import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Fn, Precondition, TerraformVariable, Token } from 'cdktf';
import { Construct } from 'constructs';
import { Grantee } from './role';

export interface SecretParameterProps {
  /** For example `/kite/dev/telegram-bot-token`. */
  readonly parameterName: string;
  readonly description: string;
  /** A variable, so that the value is given when Terraform runs and is written into no file of ours. */
  readonly value: TerraformVariable;
  /** What the value must look like (a pattern of RE2), and the message for another value. @default - any value will do */
  readonly form?: { readonly pattern: string; readonly sentence: string };
}

/**
 * A secret, encrypted in the parameter store under the account's own key for it. Throws on a variable that is not sensitive.
 *
 * @example
 * const secret = new SecretParameter(scope, 'bot-token', {
 *   parameterName: '/kite/dev/telegram-bot-token',
 *   description: 'The Telegram bot of the stage dev',
 *   value: settings.secret('TELEGRAM_BOT_TOKEN'),
 * });
 * secret.grantRead(fn);
 */
export class SecretParameter extends Construct {
  readonly resource: SsmParameter;

  constructor(scope: Construct, id: string, props: SecretParameterProps) {
    super(scope, id);
    if (!props.value.sensitive) {
      throw new Error(
        `${this.node.path}: the variable ${props.value.friendlyUniqueId} is not sensitive; declare it so before it becomes ${props.parameterName}.`,
      );
    }
    this.resource = new SsmParameter(this, 'parameter', {
      name: props.parameterName,
      description: props.description,
      type: 'SecureString',
      value: props.value.stringValue,
      ...(props.form && { lifecycle: { precondition: [formOf(props.value, props.form)] } }),
    });
  }

  get parameterName(): string {
    return this.resource.name;
  }

  /** Grows by one whenever the value is changed: no secret, so functions and plans may show it. */
  get version(): string {
    return Token.asString(this.resource.version);
  }

  /**
   * May read the value of this parameter, and of its versions by `<name>:<version>`.
   *
   * The key `aws/ssm` needs no grant: its policy lets everyone in the account use it through the parameter store.
   * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
   */
  grantRead(grantee: Grantee): IamRolePolicy {
    const { arn } = this.resource;
    return grantee.role.allow('read-secret', { actions: ['ssm:GetParameter'], resources: [arn, `${arn}:*`] });
  }
}

/** Checked where it is used: Terraform keeps a sensitive value to itself in a precondition, but not in a variable's validation. */
function formOf(value: TerraformVariable, form: { pattern: string; sentence: string }): Precondition {
  return { condition: Fn.can(Fn.regex(form.pattern, value.stringValue)), errorMessage: form.sentence };
}
