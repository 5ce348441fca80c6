import * as v from 'valibot';
import type { Check } from '../check';
import { notChecked, ok, problem, warning } from '../finding';
import { isAtLeast } from '../version';

/** Locks its state in S3 by itself from 1.10 on, and no longer as an experiment from 1.11 on. */
const LEAST = '1.10';
const WANTED = '1.11';
const INSTALL = 'Install it: https://developer.hashicorp.com/terraform/install';

const ANSWER = v.pipe(v.string(), v.parseJson(), v.object({ terraform_version: v.string() }));

/** Terraform, by the name that cdktf calls it by. */
export const terraform: Check = {
  subject: 'Terraform',
  look: async ({ run, reading }) => {
    const program = reading.environment['TERRAFORM_BINARY_NAME'] ?? 'terraform';
    const result = await run(program, 'version', '-json');
    if (result.kind === 'not found') return problem(`The program "${program}" is not on the PATH.`, INSTALL);
    if (result.kind === 'too slow') return notChecked(`"${program} version" did not finish in time.`);
    const answer = v.safeParse(ANSWER, result.output);
    if (!answer.success) {
      const words = (result.errors || result.output).trim().split('\n')[0] ?? '';
      return problem(`"${program} version" fails: ${words || `exit code ${result.status}`}`, INSTALL);
    }
    const version = answer.output.terraform_version;
    if (isAtLeast(version, WANTED)) return ok(`${version}.`);
    if (isAtLeast(version, LEAST)) {
      return warning(
        `This is ${version}, in which locking the state in S3 is experimental. Use ${WANTED} or later.`,
        INSTALL,
      );
    }
    return problem(`This is ${version}, and Kite needs ${WANTED} or later.`, INSTALL);
  },
};
