import { rmSync } from 'node:fs';

/** Removes the temporary folder of the run. */
export default function globalTeardown(): void {
  rmSync(process.env['TMPDIR'] ?? '', { recursive: true, force: true });
}
