import { fields, list, number, text } from './fields';

/**
 * A formatted text as plain text: everything that can be read stays, and a link whose address is hidden behind words
 * shows it. `entities` as in https://core.telegram.org/bots/api#messageentity, in UTF-16 units.
 */
export function flatten(words: string, entities: unknown): string {
  const links = list(entities).flatMap((value) => {
    const entity = fields(value);
    const [offset, length, url] = [number(entity?.['offset']), number(entity?.['length']), text(entity?.['url'])];
    const valid = entity?.['type'] === 'text_link' && offset !== undefined && length !== undefined && url !== undefined;
    return valid ? [{ end: offset + length, shown: words.slice(offset, offset + length), url }] : [];
  });
  let flat = words;
  for (const { end, shown, url } of links.sort((one, other) => other.end - one.end)) {
    if (isSame(shown, url)) continue;
    const at = end - (/\s*$/.exec(shown)?.[0].length ?? 0);
    flat = `${flat.slice(0, at)} (${url})${flat.slice(at)}`;
  }
  return flat;
}

/** Whether the words are the address already, give or take what nobody types. */
function isSame(shown: string, url: string): boolean {
  const bare = (value: string) =>
    value
      .trim()
      .replace(/^https?:\/\//i, '')
      .replace(/\/$/, '')
      .toLowerCase();
  return bare(shown) === bare(url);
}
