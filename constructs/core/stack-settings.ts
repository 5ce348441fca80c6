import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';

/** The names that `.env` may hold: settings, which are read when a stack is synthesized, and secrets, which only Terraform reads. */
export interface EnvFile {
  readonly settingNames: readonly string[];
  readonly secretNames: readonly string[];
}

export interface StackSettingsProps {
  /** The secrets that the stack needs, each with the sentence that says what is missing, and where to get it. */
  readonly required: Readonly<Record<string, string>>;
  /** Other variables to declare: Terraform warns of a name that it does not know. @default - none */
  readonly envFile?: EnvFile;
}

/**
 * The Terraform variables of a stack, named as in `.env`, so that the file can be given by `--var-file=.env`.
 *
 * Settings are declared and not used: they were read when the stack was synthesized. Secrets are sensitive and have no default
 * value; a required one that is missing fails the plan. Their form is not checked here: Terraform repeats a value that a variable
 * refuses, even a sensitive one.
 *
 * @example
 * const settings = new StackSettings(stack, 'settings', { required: { API_TOKEN: 'API_TOKEN is missing: add it to .env.' } });
 * settings.secret('API_TOKEN');
 */
export class StackSettings extends Construct {
  private readonly secrets: ReadonlyMap<string, TerraformVariable>;

  constructor(scope: Construct, id: string, { required, envFile }: StackSettingsProps) {
    super(scope, id);
    for (const name of envFile?.settingNames ?? []) {
      this.declare(name, { type: 'string', default: '', description: `${name} of .env, read at synth` });
    }
    const secretNames = new Set([...(envFile?.secretNames ?? []), ...Object.keys(required)]);
    this.secrets = new Map([...secretNames].map((name) => [name, this.secretOf(name, required[name])]));
  }

  secret(name: string): TerraformVariable {
    const variable = this.secrets.get(name);
    if (!variable) throw new Error(`${this.node.path}: there is no secret ${name}.`);
    return variable;
  }

  private secretOf(name: string, missingSentence?: string): TerraformVariable {
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
