import type { Check } from '../check';
import { note, notChecked, ok } from '../finding';

const WHAT_FOR = 'Only npm run deploy-local needs it.';

export const docker: Check = {
  subject: 'Docker',
  look: async ({ run }) => {
    const result = await run('docker', 'info', '--format', '{{.ServerVersion}}');
    if (result.kind === 'not found') return note(`Not installed. ${WHAT_FOR}`);
    if (result.kind === 'too slow') return notChecked(`It did not answer in time. ${WHAT_FOR}`);
    const version = result.output.trim();
    return result.status === 0 && /^\d/.test(version)
      ? ok(`${version}. ${WHAT_FOR}`)
      : note(`Installed, but not running. ${WHAT_FOR}`);
  },
};
