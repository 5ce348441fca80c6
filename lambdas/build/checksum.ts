import { createHash } from 'node:crypto';

/** The SHA-256 of some bytes, in the two ways that people and AWS write it. */
export interface Checksum {
  /** As `sha256sum` prints it. */
  readonly hex: string;
  /** As AWS Lambda gives it as `CodeSha256`. */
  readonly base64: string;
}

/** The SHA-256 of bytes or of text. */
export function checksum(content: Uint8Array | string): Checksum {
  const digest = createHash('sha256').update(content).digest();
  return { hex: digest.toString('hex'), base64: digest.toString('base64') };
}

/** The line that goes into a `.sha256` file, so that `sha256sum --check` can read it. */
export function checksumLine({ hex }: Checksum, fileName: string): string {
  return `${hex}  ${fileName}\n`;
}
