const urls = new WeakMap<Blob, string>();
/** An address keeps its file in memory, so it goes when nobody holds the file any more. */
const ends = new FinalizationRegistry<string>((url) => URL.revokeObjectURL(url));

/** An address under which this page can show a file that it holds. */
export function previewOf(content: Blob): string {
  const known = urls.get(content);
  if (known) return known;
  const url = URL.createObjectURL(content);
  urls.set(content, url);
  ends.register(content, url);
  return url;
}
