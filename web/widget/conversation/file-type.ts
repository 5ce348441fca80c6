/** Types of files that browsers name differently, depending on what is installed, or not at all. */
const TYPES = new Map([
  ['csv', 'text/csv'],
  ['md', 'text/markdown'],
  ['log', 'text/plain'],
  ['rtf', 'application/rtf'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['avif', 'image/avif'],
  ['m4a', 'audio/mp4'],
  ['amr', 'audio/amr'],
  ['mov', 'video/quicktime'],
  ['3gp', 'video/3gpp'],
  ['doc', 'application/msword'],
  ['xls', 'application/vnd.ms-excel'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
]);

/** The MIME type of a file, without parameters. */
export function typeOf({ name, type }: { readonly name: string; readonly type: string }): string {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return TYPES.get(extension) ?? (type.split(';', 1)[0]?.trim() || 'application/octet-stream');
}

/** Whether every browser can show it as a picture. */
export function isPicture(type: string): boolean {
  return /^image\/(jpeg|png|gif|webp|avif|bmp)$/.test(type);
}
