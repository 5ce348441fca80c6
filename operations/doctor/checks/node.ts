import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check';
import { ok, problem } from '../finding';
import { isInRange } from '../node-version.cjs';

/** The version of Node.js that `package.json` asks for. */
export const node: Check = {
  subject: 'Node.js',
  look: async ({ root, nodeVersion }) => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    return isInRange(nodeVersion, engines.node)
      ? ok(`${nodeVersion}.`)
      : problem(`This is ${nodeVersion}, and Kite needs ${engines.node}.`, 'Install it from https://nodejs.org');
  },
};
