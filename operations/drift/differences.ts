import { parsed } from '../../json';
import type { Change } from './plan';

/** One value that differs, deep in a resource. */
export interface Difference {
  /** The attribute that Terraform knows, for example `environment`. */
  readonly attribute: string;
  /** Where in it, for example `environment[0].variables.STAGE`. */
  readonly path: string;
  /** JSON, or words where there is no value or none to be shown. */
  readonly before: string;
  readonly after: string;
}

/** What a secret value is shown as. */
export const SECRET = '(secret)';
const ABSENT = '(not set)';
const UNKNOWN = '(known after the deployment)';
const LONGEST = 300;

/** Every value that a change concerns, secrets masked. Policies and other JSON texts are compared inside. */
export function differences(change: Change): readonly Difference[] {
  const found: Difference[] = [];
  const before = asObject(change.before);
  const after = asObject(change.after);
  const unknown = asObject(change.after_unknown);
  for (const attribute of keysOf(before, after, unknown)) {
    compare(
      {
        before: before[attribute],
        after: after[attribute],
        unknown: unknown[attribute],
        secretBefore: inside(change.before_sensitive, attribute),
        secretAfter: inside(change.after_sensitive, attribute),
      },
      attribute,
      (path, before, after) => found.push({ attribute, path, before, after }),
    );
  }
  return found;
}

/** Whether the new value of an attribute depends on something that is to be deployed first. */
export function isConsequence({ after }: Difference): boolean {
  return after === UNKNOWN;
}

interface Side {
  readonly before: unknown;
  readonly after: unknown;
  readonly unknown: unknown;
  readonly secretBefore: unknown;
  readonly secretAfter: unknown;
}

function compare(side: Side, path: string, differs: (path: string, before: string, after: string) => void): void {
  if (side.unknown === true) {
    differs(path, show(side.before, side.secretBefore), UNKNOWN);
    return;
  }
  const before = structure(side.before);
  const after = structure(side.after);
  if (isNested(before) && isNested(after) && side.secretBefore !== true && side.secretAfter !== true) {
    for (const key of keysOf(before, after, asObject(side.unknown))) {
      compare(
        {
          before: inside(before, key),
          after: inside(after, key),
          unknown: inside(side.unknown, key),
          secretBefore: inside(side.secretBefore, key),
          secretAfter: inside(side.secretAfter, key),
        },
        Array.isArray(before) || Array.isArray(after) ? `${path}[${key}]` : `${path}.${key}`,
        differs,
      );
    }
    return;
  }
  if (canonical(before) === canonical(after)) return;
  // An empty list or text is what AWS answers for nothing.
  if (isNothing(before) && isNothing(after)) return;
  const secret = isSecret(side.secretBefore) || isSecret(side.secretAfter);
  differs(path, show(side.before, secret), show(side.after, secret));
}

function show(value: unknown, secret: unknown): string {
  if (value === null || value === undefined) return ABSENT;
  if (isSecret(secret)) return SECRET;
  const text = canonical(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

/** A JSON object or list written as a text is its content. */
function structure(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  return parsed(value) ?? value;
}

function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      isNested(inner) && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'null'
  );
}

function isSecret(mark: unknown): boolean {
  return mark === true || (isNested(mark) && Object.values(mark).some(isSecret));
}

function isNothing(value: unknown): boolean {
  return (
    value === null || value === undefined || value === '' || (isNested(value) && Object.values(value).length === 0)
  );
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function asObject(value: unknown): Record<string, unknown> {
  return isNested(value) ? value : {};
}

function inside(value: unknown, key: string): unknown {
  return isNested(value) ? value[key] : value === true ? true : undefined;
}

function keysOf(...objects: Record<string, unknown>[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
}
