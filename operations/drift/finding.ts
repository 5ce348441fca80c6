import { createHash } from 'node:crypto';
import { Configuration } from './configuration';
import { consoleLink } from './console-link';
import { differences, isConsequence, type Difference } from './differences';
import { isNoOp, type Plan, type ResourceChange } from './plan';

/** `drift`: somebody changed the cloud. `unapplied`: somebody changed the repository, and it is not deployed yet. */
export type FindingKind = 'drift' | 'unapplied';

/** One resource that is not as the repository says. */
export interface Finding {
  readonly stack: string;
  readonly kind: FindingKind;
  /** Terraform's address of the resource, or `output.<name>`. */
  readonly address: string;
  /** The name that the resource has in AWS, where it has one. */
  readonly resourceName?: string;
  /** What happened to it (drift), or what deploying would do with it (unapplied). */
  readonly action: 'changed' | 'deleted' | 'to be created' | 'to be changed' | 'to be replaced' | 'to be destroyed';
  /** Empty if the whole resource is meant. */
  readonly differences: readonly Difference[];
  /** Where to look at it in AWS's console. */
  readonly link: string;
}

/** What two reports are compared by. */
export function findingId({ stack, kind, address }: Finding): string {
  return `${stack} ${kind} ${address}`;
}

/** Changes when the finding does. Secret values are not in it: they are masked before. */
export function fingerprint(finding: Finding): string {
  const { action, differences: changes } = finding;
  return createHash('sha256')
    .update(JSON.stringify([action, changes]))
    .digest('hex');
}

/**
 * What a plan says, drift apart from code that is not deployed.
 *
 * Drift is what Terraform found changed *and* would change back, changed secrets, and what was led back to what the state says
 * while that it is taken from has moved on. What else it found changed and leaves alone is no drift: code that CI has deployed, the
 * version of a function, values that AWS computes. What it would change without having found a change is in the repository only.
 * A resource that would change only because another one does, or was changed in the cloud, is not listed beside it.
 */
export function findings(plan: Plan, stack: string, region: string): readonly Finding[] {
  const drifted = new Map((plan.resource_drift ?? []).map((entry) => [entry.address, entry]));
  const configuration = new Configuration(plan);
  const all = (plan.resource_changes ?? [])
    .filter((entry) => entry.mode === 'managed')
    .flatMap((entry) => findingsOf(entry, drifted.get(entry.address), configuration, stack, region));
  const outputs = Object.entries(plan.output_changes ?? {})
    .filter(([, change]) => !isNoOp(change))
    .map(([name, change]): Finding => ({
      stack,
      kind: 'unapplied',
      address: `output.${name}`,
      action: 'to be changed',
      differences: differences({
        ...change,
        before: { value: change.before },
        after: { value: change.after },
        after_unknown: { value: change.after_unknown },
        before_sensitive: { value: change.before_sensitive },
        after_sensitive: { value: change.after_sensitive },
      }),
      link: '',
    }));
  const found = [...all, ...outputs];
  const drifting = new Set(found.filter(({ kind }) => kind === 'drift').map(({ address }) => address));
  const causes = found.filter(
    (finding) => !followsFromOthers(finding) && !followsFromDrift(finding, drifting, configuration),
  );
  // A plan that would do something is never reported as nothing.
  return causes.length > 0 ? causes : found;
}

function findingsOf(
  planned: ResourceChange,
  drift: ResourceChange | undefined,
  configuration: Configuration,
  stack: string,
  region: string,
): readonly Finding[] {
  const { address, type } = planned;
  if (drift === undefined && isNoOp(planned.change)) return [];
  const values = (drift?.change.before ?? planned.change.before ?? planned.change.after ?? {}) as Record<
    string,
    unknown
  >;
  const resource = { stack, address, resourceName: nameOf(values), link: consoleLink(type, values, region) };
  if (drift?.change.actions.includes('delete') && !isNoOp(planned.change)) {
    return [{ ...resource, kind: 'drift', action: 'deleted', differences: [] }];
  }
  const toDo = differences(planned.change);
  const changed = drift === undefined ? [] : differences(drift.change);
  const happened = [
    ...unwanted(changed, toDo, address, configuration),
    ...ledBack(changed, toDo, address, configuration),
  ];
  const handled = new Set(happened.map(({ attribute }) => attribute));
  const remaining = withoutEcho(toDo.filter(({ attribute }) => !handled.has(attribute)));
  const found: Finding[] = [];
  if (happened.length > 0)
    found.push({ ...resource, kind: 'drift', action: 'changed', differences: withoutEcho(happened) });
  if (isNoOp(planned.change)) return found;
  const action = plannedAction(planned);
  if (happened.length === 0 || remaining.some((difference) => !isConsequence(difference))) {
    const whole = action === 'to be created' || action === 'to be destroyed';
    found.push({ ...resource, kind: 'unapplied', action, differences: whole ? [] : withoutConsequences(remaining) });
  }
  return found;
}

/** Of what was found changed, that which Terraform would change back, or would if it knew what was deployed. */
function unwanted(
  happened: readonly Difference[],
  toDo: readonly Difference[],
  address: string,
  configuration: Configuration,
): readonly Difference[] {
  return happened.flatMap((difference) => {
    const { attribute } = difference;
    const planned = toDo.filter((other) => other.attribute === attribute);
    if (planned.length === 0) return configuration.isHandedIn(address, attribute) ? [difference] : [];
    if (planned.every(isConsequence) && configuration.agrees(address, attribute)) return [];
    return [planned.map((other) => configuration.strayed(address, other)).find(Boolean) ?? difference];
  });
}

/**
 * What Terraform would change without having found it changed, although nothing in the repository is new: it is as the state
 * says, and what the code takes it from has moved on. So it was led back: an alias, to the version before CI's.
 */
function ledBack(
  changed: readonly Difference[],
  toDo: readonly Difference[],
  address: string,
  configuration: Configuration,
): readonly Difference[] {
  const known = new Set(changed.map(({ attribute }) => attribute));
  return toDo
    .filter(({ attribute }) => !known.has(attribute) && configuration.isBehind(address, attribute))
    .flatMap((planned) => configuration.strayed(address, planned) ?? []);
}

/** What only follows, such as the ARN of a resource that is replaced, is left out beside what causes it. */
function withoutConsequences(all: readonly Difference[]): readonly Difference[] {
  const causes = all.filter((difference) => !isConsequence(difference));
  return causes.length > 0 ? causes : all;
}

/** `tags_all` repeats `tags`. */
function withoutEcho(all: readonly Difference[]): readonly Difference[] {
  const tags = new Set(all.filter(({ attribute }) => attribute === 'tags').map(({ path }) => path));
  return all.filter(
    ({ attribute, path }) =>
      attribute !== 'tags_all' || (!tags.has(path.replace(/^tags_all/, 'tags')) && !tags.has('tags')),
  );
}

function plannedAction({ change: { actions } }: ResourceChange): Finding['action'] {
  if (actions.includes('create') && actions.includes('delete')) return 'to be replaced';
  if (actions.includes('create')) return 'to be created';
  if (actions.includes('delete') || actions.includes('forget')) return 'to be destroyed';
  return 'to be changed';
}

/** A replacement also has its cause in another resource if none of its own new values is known yet. */
function followsFromOthers({ kind, action, differences: changes }: Finding): boolean {
  const kept = action === 'to be changed' || action === 'to be replaced';
  return kind === 'unapplied' && kept && changes.every(isConsequence);
}

/**
 * Whether deploying would do this only because of what else is reported as changed in the cloud: every value that is new is one
 * of that. Not the repository has changed, but what it refers to.
 */
function followsFromDrift(
  { kind, address, differences: changes }: Finding,
  drifting: ReadonlySet<string>,
  configuration: Configuration,
): boolean {
  const own = changes.filter((difference) => !isConsequence(difference));
  const follows = ({ attribute, after }: Difference) =>
    configuration
      .movedSourcesOf(address, attribute)
      .some((source) => drifting.has(source.address) && bare(after) === bare(JSON.stringify(source.now)));
  return kind === 'unapplied' && own.length > 0 && own.every(follows);
}

/** A number that is put into a text becomes one. */
function bare(json = ''): string {
  return json.replace(/^"(.*)"$/, '$1');
}

function nameOf(values: Record<string, unknown>): string | undefined {
  for (const attribute of ['function_name', 'route_key', 'bucket', 'name', 'domain_name', 'alarm_name', 'id']) {
    const value = values[attribute];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
