import type { Plan } from './plan';

/** What the code says about attributes, to tell a change of the cloud from what follows from another change. */
export class Configuration {
  private readonly expressions: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  private readonly now: ReadonlyMap<string, Readonly<Record<string, unknown>>>;

  constructor(plan: Plan) {
    const configured = plan.configuration?.root_module?.resources ?? [];
    const known = plan.prior_state?.values?.root_module?.resources ?? [];
    this.expressions = new Map(configured.map(({ address, expressions }) => [address, expressions ?? {}]));
    this.now = new Map(known.map(({ address, values }) => [address, values ?? {}]));
  }

  /**
   * Whether an attribute is what the code wants, if its wanted value is known only after a deployment: it is as long as it is
   * the same as the attribute that the code takes it from. An attribute that the code does not mention is as it should be.
   */
  agrees(address: string, attribute: string): boolean {
    const expression = this.expressions.get(address)?.[attribute];
    if (expression === undefined) return true;
    const [reference = ''] = referencesOf(expression);
    const [type, name, source, ...deeper] = reference.split('.');
    const values = this.now.get(`${type}.${name}`);
    if (values === undefined || source === undefined || deeper.length > 0) return false;
    return JSON.stringify(values[source]) === JSON.stringify(this.now.get(address)?.[attribute]);
  }

  /**
   * Whether the value of an attribute comes from a variable. The drift check reads the secrets that it hands to Terraform from
   * where they are deployed, so for these a plan agrees with whatever is there; only the state knows what was deployed.
   */
  isHandedIn(address: string, attribute: string): boolean {
    return referencesOf(this.expressions.get(address)?.[attribute]).some((reference) => reference.startsWith('var.'));
  }
}

function referencesOf(expression: unknown): readonly string[] {
  if (typeof expression !== 'object' || expression === null || !('references' in expression)) return [];
  return Array.isArray(expression.references) ? expression.references.filter((one) => typeof one === 'string') : [];
}
