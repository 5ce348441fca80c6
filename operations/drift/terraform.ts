import { execFile } from 'node:child_process';
import * as path from 'node:path';
import type { Plan } from './plan';

/** What looking at one stack came to. */
export type StackCheck =
  | { readonly kind: 'plan'; readonly stack: string; readonly plan: Plan }
  /** The state holds nothing: the stack was never deployed, or it has been destroyed. */
  | { readonly kind: 'not deployed'; readonly stack: string }
  /** Terraform could not say: that is not "no drift". */
  | { readonly kind: 'failed'; readonly stack: string; readonly words: string };

export interface TerraformProps {
  /** @default - the one on the PATH */
  readonly program?: string;
  /** All of its environment. @default - this process's own */
  readonly environment?: Readonly<Record<string, string>>;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Plans a synthesized stack and reads the plan. Terraform asks AWS about every resource (it refreshes), changes nothing, and
 * takes no lock, since the check may not write.
 *
 * @param folder the output of synth, `cdktf.out`
 */
export async function planStack(stack: string, folder: string, props: TerraformProps = {}): Promise<StackCheck> {
  const terraform = (...args: string[]) => run(props, path.join(folder, 'stacks', stack), args);
  const failed = (step: string, { stdout, stderr, exitCode }: Ended): StackCheck => ({
    kind: 'failed',
    stack,
    words: `terraform ${step} ended with exit code ${exitCode}:\n${(stderr.trim() || stdout.trim()).slice(0, 8000)}`,
  });

  const init = await terraform('init', '-input=false', '-no-color');
  if (init.exitCode !== 0) return failed('init', init);
  const state = await terraform('show', '-json');
  // What cannot be read here fails the plan, whose words say why.
  if (state.exitCode === 0 && isEmpty(JSON.parse(state.stdout))) return { kind: 'not deployed', stack };
  const plan = await terraform(
    'plan',
    '-refresh=true',
    '-lock=false',
    '-input=false',
    '-no-color',
    '-detailed-exitcode',
    '-out=drift.plan',
  );
  // 0: nothing to do, 1: an error, 2: something to do. https://developer.hashicorp.com/terraform/cli/commands/plan
  if (plan.exitCode !== 0 && plan.exitCode !== 2) return failed('plan', plan);
  const shown = await terraform('show', '-json', 'drift.plan');
  if (shown.exitCode !== 0) return failed('show', shown);
  return { kind: 'plan', stack, plan: JSON.parse(shown.stdout) as Plan };
}

/** Whether a state has no resource that Terraform made: https://developer.hashicorp.com/terraform/internals/json-format */
function isEmpty({ values }: NonNullable<Plan['prior_state']>): boolean {
  return !values?.root_module?.resources?.some(({ mode }) => mode === 'managed');
}

function run(
  { program = 'terraform', environment }: TerraformProps,
  cwd: string,
  args: readonly string[],
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: environment, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      // A program that could not be started, or that was killed, has no exit code of its own.
      const own = error === null ? 0 : error.code;
      const exitCode = typeof own === 'number' ? own : 127;
      resolve({ exitCode, stdout, stderr: stderr || (error?.message ?? '') });
    });
  });
}
