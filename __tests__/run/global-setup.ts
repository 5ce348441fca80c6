import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives a run a temporary folder of its own, because some libraries leave theirs behind: cdktf's Testing at each synthesis. */
export default function globalSetup(): void {
  process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'kite-tests-'));
}
