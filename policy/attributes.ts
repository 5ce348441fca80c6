import { isRecord, text } from '../json';

/** What Terraform is told of a resource, with the names that Terraform uses. */
export type Attributes = Readonly<Record<string, unknown>>;

export { isRecord, text };

/** A nested block, which may be written as a list of one; empty if there is none. */
export function block(attributes: Attributes, name: string): Attributes {
  return blocks(attributes, name)[0] ?? {};
}

/** Nested blocks that there may be many of. */
export function blocks(attributes: Attributes, name: string): readonly Attributes[] {
  return [attributes[name]].flat().filter(isRecord);
}

/** Every text in a value, with the path to it. */
export function texts(value: unknown, path = ''): readonly { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((inner) => texts(inner, path));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, path === '' ? key : `${path}.${key}`));
}
