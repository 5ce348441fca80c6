import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRET_NAMES, SecretName, SETTING_NAMES } from './setting-names';

/** The secrets that a stack cannot do without, and the sentence for whoever left one out: what it is for, where to get it. */
export type RequiredSecrets = Partial<Record<SecretName, string>>;

/**
 * The Terraform variables of a stack, named as in `.env`, so that the file can be given by `--var-file=.env`.
 *
 * Settings are declared and not used: they were read when the stack was synthesized. Secrets are sensitive and have no value of
 * ours; a required one that is missing fails the plan. Their form is not checked here: Terraform repeats a value that a variable
 * refuses, even a sensitive one.
 */
export class StackSettings extends Construct {
  private readonly secrets: ReadonlyMap<SecretName, TerraformVariable>;

  constructor(scope: Construct, id: string, required: RequiredSecrets = {}) {
    super(scope, id);
    for (const name of SETTING_NAMES) {
      this.declare(name, { type: 'string', default: '', description: `${name} of .env, read at synth` });
    }
    this.secrets = new Map(SECRET_NAMES.map((name) => [name, this.secretOf(name, required[name])]));
  }

  secret(name: SecretName): TerraformVariable {
    const variable = this.secrets.get(name);
    if (!variable) throw new Error(`${this.node.path}: there is no secret ${name}.`);
    return variable;
  }

  private secretOf(name: SecretName, missingSentence?: string): TerraformVariable {
    return this.declare(name, {
      type: 'string',
      default: '',
      nullable: false,
      sensitive: true,
      description: `${name} of .env`,
      ...(missingSentence && {
        validation: [{ condition: `\${var.${name} != ""}`, errorMessage: missingSentence }],
      }),
    });
  }

  private declare(name: string, config: ConstructorParameters<typeof TerraformVariable>[2]): TerraformVariable {
    const variable = new TerraformVariable(this, name, config);
    // The name in .env is the variable's name, whatever construct it is declared in.
    variable.overrideLogicalId(name);
    return variable;
  }
}
