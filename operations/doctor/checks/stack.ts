import type { Check } from '../check';
import { ok, problem, toDo, warning } from '../finding';
import type { StackName } from '../stack-state';

/** Whether a stack is deployed, as far as the state bucket tells. */
export function stack(name: StackName, deploy: string): Check {
  return {
    subject: name,
    look: async (around) => {
      const { deployed, lock } = await around.state(name);
      if (lock) {
        return warning(
          `Locked by ${lock.who} since ${lock.since}. If nobody is deploying it now, a deployment was interrupted.`,
          `terraform -chdir=cdktf.out/stacks/${name} force-unlock ${lock.id}`,
        );
      }
      switch (deployed) {
        case 'yes':
          return ok('Deployed.');
        case 'partly':
          return problem('Its last deployment did not finish.', deploy);
        case 'no':
          return toDo('Not deployed yet.', deploy);
      }
    },
  };
}
