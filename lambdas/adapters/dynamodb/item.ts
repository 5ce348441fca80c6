import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An item as the low-level API has it. */
export type Item = Record<string, AttributeValue>;

/** What is written: text, a number, a truth value, a set of texts, or nothing. */
export type Plain = string | number | boolean | readonly string[] | undefined;

/** An attribute value. A list of texts becomes a set, which must not be empty. */
export function attribute(value: Exclude<Plain, undefined>): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  return { SS: [...value] };
}

/** An item of plain values; what is undefined, or an empty set, is left out. */
export function item(values: Readonly<Record<string, Plain>>): Item {
  const made: Item = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    made[name] = attribute(value);
  }
  return made;
}

/** An id of a messenger: whole numbers as numbers, which is how Telegram's were written before ids were texts. */
export function idAttribute(id: string | undefined): string | number | undefined {
  return id !== undefined && /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id;
}

/** Reads the attributes of an item; what is missing is undefined, empty or 0. */
export class ItemReader {
  constructor(private readonly source: Item) {}

  optionalText(name: string): string | undefined {
    return this.source[name]?.S;
  }

  text(name: string): string {
    return this.source[name]?.S ?? '';
  }

  optionalNumber(name: string): number | undefined {
    const value = this.source[name]?.N;
    return value === undefined ? undefined : Number(value);
  }

  /** What {@link idAttribute} wrote. */
  optionalId(name: string): string | undefined {
    return this.source[name]?.S ?? this.source[name]?.N;
  }

  number(name: string): number {
    return this.optionalNumber(name) ?? 0;
  }

  truth(name: string): boolean {
    return this.source[name]?.BOOL === true;
  }

  set(name: string): string[] {
    return [...(this.source[name]?.SS ?? [])].sort();
  }

  /** A map of texts. */
  map(name: string): Record<string, string> {
    const entries = Object.entries(this.source[name]?.M ?? {});
    return Object.fromEntries(entries.map(([key, value]) => [key, value.S ?? '']));
  }
}
