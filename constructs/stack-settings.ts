import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { SECRET_NAMES, SecretName, SETTING_NAMES } from './setting-names';

/** A secret that a stack cannot do without. */
export interface RequiredSecret {
  /** A pattern of Terraform (RE2) that it must match. */
  readonly pattern: string;
  /** The sentence for whoever left it out: what it is for and where to get it. */
  readonly sentence: string;
}

/**
 * The Terraform variables of a stack, named as in `.env`, so that the file can be given by `--var-file=.env`.
 *
 * Settings are declared and not used: they were read when the stack was synthesized. Secrets are sensitive and have no value of
 * ours; a required one that is missing or malformed fails the plan.
 */
export class StackSettings extends Construct {
  private readonly secrets: ReadonlyMap<SecretName, TerraformVariable>;

  constructor(scope: Construct, id: string, required: Partial<Record<SecretName, RequiredSecret>> = {}) {
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

  private secretOf(name: SecretName, required?: RequiredSecret): TerraformVariable {
    return this.declare(name, {
      type: 'string',
      default: '',
      nullable: false,
      sensitive: true,
      description: `${name} of .env`,
      ...(required && {
        validation: [
          {
            condition: `\${can(regex("${required.pattern}", var.${name}))}`,
            errorMessage: required.sentence,
          },
        ],
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
