import { list, record } from '../../json';
import { differences, isConsequence, type Difference } from './differences';
import type { Change, Plan } from './plan';

/** What the code says about attributes, to tell a change of the cloud from what follows from another change. */
export class Configuration {
  private readonly expressions: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  private readonly now: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  private readonly found: ReadonlyMap<string, Change>;

  constructor(plan: Plan) {
    const configured = plan.configuration?.root_module?.resources ?? [];
    const known = plan.prior_state?.values?.root_module?.resources ?? [];
    this.expressions = new Map(configured.map(({ address, expressions }) => [address, expressions ?? {}]));
    this.now = new Map(known.map(({ address, values }) => [address, values ?? {}]));
    this.found = new Map((plan.resource_drift ?? []).map(({ address, change }) => [address, change]));
  }

  /**
   * Whether an attribute is what the code wants, if its wanted value is known only after a deployment: it is as long as it is
   * the same as the attribute that the code takes it from. An attribute that the code does not mention is as it should be.
   */
  agrees(address: string, attribute: string): boolean {
    if (this.expressions.get(address)?.[attribute] === undefined) return true;
    const source = this.sourceOf(address, attribute);
    if (source === undefined) return false;
    return same(this.valueOf(source.address, source.attribute), this.valueOf(address, attribute));
  }

  /**
   * How an attribute differs from the one of another resource that the code takes it from, if that one was changed past
   * Terraform: the alias that does not name the version that CI has published last. Terraform's state, which CI does not write,
   * knows neither. Answers undefined if it is taken from nowhere else, or nothing differs.
   *
   * @param planned what Terraform would do with the attribute
   */
  strayed(address: string, planned: Difference): Difference | undefined {
    const { attribute } = planned;
    const source = this.movedSourceOf(address, attribute);
    if (source === undefined) return undefined;
    const [difference] = differences({
      actions: ['update'],
      before: { [attribute]: source.wanted },
      after: { [attribute]: this.valueOf(address, attribute) },
      before_sensitive: { [attribute]: source.secret },
      after_sensitive: { [attribute]: source.secret },
    });
    const plain = difference !== undefined && (isConsequence(planned) || planned.after === difference.before);
    return plain ? difference : undefined;
  }

  /** Whether an attribute is what the state says of the one that the code takes it from, which has been changed since. */
  isBehind(address: string, attribute: string): boolean {
    const source = this.movedSourceOf(address, attribute);
    return source !== undefined && same(source.stated, this.valueOf(address, attribute));
  }

  /**
   * Whether the value of an attribute comes from a variable. The drift check reads the secrets that it hands to Terraform from
   * where they are deployed, so for these a plan agrees with whatever is there; only the state knows what was deployed.
   */
  isHandedIn(address: string, attribute: string): boolean {
    return referencesOf(this.expressions.get(address)?.[attribute]).some((reference) => reference.startsWith('var.'));
  }

  /** What was found changed of that which the code makes an attribute of, also deep in it: whose it is, and what it is now. */
  movedSourcesOf(address: string, attribute: string): readonly { readonly address: string; readonly now: unknown }[] {
    return referencesWithin(this.expressions.get(address)?.[attribute]).flatMap((reference) => {
      const [type, name, source = ''] = reference.split('.');
      const change = this.found.get(`${type}.${name}`);
      if (change === undefined || source === '') return [];
      const now = inside(change.after, source);
      return same(inside(change.before, source), now) ? [] : [{ address: `${type}.${name}`, now }];
    });
  }

  /** The attribute of another resource of the state that the code takes this one from. */
  private sourceOf(address: string, attribute: string): { address: string; attribute: string } | undefined {
    const [reference = ''] = referencesOf(this.expressions.get(address)?.[attribute]);
    const [type, name, source, ...deeper] = reference.split('.');
    const from = `${type}.${name}`;
    if (source === undefined || deeper.length > 0 || !this.now.has(from)) return undefined;
    return { address: from, attribute: source };
  }

  /** The same, if it was found changed: what the state says of it, and what it is. */
  private movedSourceOf(
    address: string,
    attribute: string,
  ): { stated: unknown; wanted: unknown; secret: unknown } | undefined {
    const source = this.sourceOf(address, attribute);
    const change = source && this.found.get(source.address);
    if (source === undefined || change === undefined) return undefined;
    const [stated, wanted] = [inside(change.before, source.attribute), inside(change.after, source.attribute)];
    if (same(stated, wanted)) return undefined;
    return { stated, wanted, secret: inside(change.after_sensitive, source.attribute) };
  }

  private valueOf(address: string, attribute: string): unknown {
    return this.now.get(address)?.[attribute];
  }
}

function inside(value: unknown, key: string): unknown {
  return record(value)[key];
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function referencesOf(expression: unknown): readonly string[] {
  return list(record(expression)['references']).filter((one) => typeof one === 'string');
}

/** Blocks are lists of expressions by their attributes. */
function referencesWithin(expression: unknown): readonly string[] {
  if (typeof expression !== 'object' || expression === null) return [];
  return [...referencesOf(expression), ...Object.values(expression).flatMap(referencesWithin)];
}
