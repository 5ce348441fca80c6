import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';

const VARIABLE = 'KITE_SETTINGS';

/**
 * Keeps a stack that lacks settings from being deployed, and says all that is missing at once.
 *
 * Synthesizing needs no settings, and what is synthesized cannot know whether it will be deployed. So what is missing goes into
 * the stack as a variable that refuses its own value when Terraform plans. The provider's region refers to it: with the variable
 * refused, Terraform asks AWS nothing, and these sentences are all that is shown.
 *
 * @example
 * const gate = new DeploymentGate(scope, 'gate', ['STATE_BUCKET is missing: write it into .env.']);
 * new AwsAccount(scope, 'aws', { region: 'eu-north-1', gate });
 */
export class DeploymentGate extends Construct {
  readonly closed: boolean;

  constructor(scope: Construct, id: string, missing: readonly string[]) {
    super(scope, id);
    this.closed = missing.length > 0;
    if (!this.closed) return;
    const variable = new TerraformVariable(this, VARIABLE, {
      type: 'string',
      default: 'incomplete',
      description: 'Settings that are missing in .env',
      validation: [{ condition: `\${var.${VARIABLE} == "complete"}`, errorMessage: missing.join('\n') }],
    });
    variable.overrideLogicalId(VARIABLE);
  }

  /** The same value, but known only if nothing is missing. */
  guard(value: string): string {
    return this.closed ? `\${var.${VARIABLE} == "complete" ? "${value}" : "${value}"}` : value;
  }
}
