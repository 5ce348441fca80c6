const MEBIBYTE = 1024 * 1024;

/** The types that may be sent, and how many bytes of each (inclusive). */
const LIMITS: Readonly<Record<string, number>> = {
  'application/pdf': 20 * MEBIBYTE,
  'application/zip': 20 * MEBIBYTE,
  'application/x-zip-compressed': 20 * MEBIBYTE,
  'image/webp': 20 * MEBIBYTE,
  'image/gif': 20 * MEBIBYTE,
  'video/mp4': 20 * MEBIBYTE,
  'image/jpeg': 5 * MEBIBYTE,
  'image/png': 5 * MEBIBYTE,
};

/** The types of files that may be sent. */
export const FILE_TYPES: readonly string[] = Object.keys(LIMITS);

/** The largest file of a type, bytes; undefined if none of that type may be sent. */
export function fileLimit(type: string): number | undefined {
  return Object.hasOwn(LIMITS, type) ? LIMITS[type] : undefined;
}
