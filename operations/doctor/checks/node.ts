import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../check';
import { ok, problem } from '../finding';
import { isAtLeast } from '../version';

/** The version of Node.js that `package.json` asks for. */
export const node: Check = {
  subject: 'Node.js',
  look: async ({ root, nodeVersion }) => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };
    const least = engines.node.replace(/^>=\s*/, '');
    return isAtLeast(nodeVersion, least)
      ? ok(`${nodeVersion}.`)
      : problem(`This is ${nodeVersion}, and Kite needs ${least} or later.`, 'Install it from https://nodejs.org');
  },
};
