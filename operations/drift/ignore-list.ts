import * as v from 'valibot';
import { parse } from 'yaml';
import { Refusal } from '../command';
import type { Finding } from './finding';

const ENTRY = v.strictObject({
  /** Terraform's address; `*` stands for anything. */
  address: v.pipe(v.string(), v.minLength(1)),
  /** Terraform's attributes. @default - the whole resource */
  attributes: v.optional(v.array(v.string())),
  /** @default - both kinds */
  kind: v.optional(v.picklist(['drift', 'unapplied'])),
  /** Why it is left out: for the next reader. */
  reason: v.pipe(v.string(), v.trim(), v.minLength(1, 'say why')),
});
const LIST = v.strictObject({ ignore: v.nullable(v.array(ENTRY)) });

/** What the drift check does not report. */
export type IgnoreList = readonly v.InferOutput<typeof ENTRY>[];

/** Reads the ignore list. Throws a Refusal that names every malformed entry. */
export function parseIgnoreList(text: string, file: string): IgnoreList {
  const result = v.safeParse(LIST, yaml(text, file));
  if (result.success) return result.output.ignore ?? [];
  const problems = result.issues.map((issue) => `- ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  throw new Refusal(`${file} cannot be read.\n${problems.join('\n')}`);
}

/** The finding without what is ignored; undefined if nothing remains. */
export function withoutIgnored(finding: Finding, list: IgnoreList): Finding | undefined {
  const entries = list.filter(
    ({ address, kind }) => matches(address, finding.address) && (kind === undefined || kind === finding.kind),
  );
  if (entries.length === 0) return finding;
  if (entries.some(({ attributes }) => attributes === undefined)) return undefined;
  const ignored = new Set(entries.flatMap(({ attributes }) => attributes ?? []));
  const differences = finding.differences.filter(({ attribute }) => !ignored.has(attribute));
  if (differences.length === finding.differences.length) return finding;
  return differences.length > 0 ? { ...finding, differences } : undefined;
}

function matches(pattern: string, address: string): boolean {
  const literal = pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`).test(address);
}

function yaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new Refusal(`${file} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}
