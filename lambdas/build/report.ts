import * as path from 'node:path';
import { type Artifact } from './artifact';

/** What was built, for people: a line of figures and the checksum in both notations for each zip. */
export function report(artifacts: readonly Artifact[]): string {
  return artifacts
    .map(({ file, size, checksum, reused, seconds }) =>
      [
        `${path.relative('.', file)}  ${readable(size)}  ${reused ? 'unchanged' : 'built'} in ${seconds.toFixed(1)} s`,
        `  SHA-256     ${checksum.hex}`,
        `  CodeSha256  ${checksum.base64}`,
      ].join('\n'),
    )
    .join('\n');
}

function readable(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
