import type { CommandResult } from '../../local/sandbox/command-runner';
import type { Sandbox, StackName } from '../../local/sandbox/sandbox';

/**
 * `cdktf deploy` of a stack that is to fail. When cdktf runs Terraform, the end of its process may overtake the end of
 * what it printed, and that is where the errors are, or all but the first (seen on a busy machine): then Terraform itself is
 * asked for its reason, with what cdktf synthesized.
 *
 * @param words what is to be read in the error
 */
export async function refused(sandbox: Sandbox, stack: StackName, words: string): Promise<CommandResult> {
  const result = await sandbox.deploy(stack);
  const said = ERROR.test(result.output) && errorsIn(result.output).includes(words);
  if (result.status === 0 || said || !TERRAFORM_RAN.test(result.output)) return result;
  const { status, output } = await sandbox.apply(stack);
  return { status: status && result.status, output: `${result.output}\n${output}` };
}

const TERRAFORM_RAN = /Initializing the backend/;

const ERROR = /(^|\s)Error: /m;

/** The errors that were printed, as one line, because Terraform wraps them. */
export function errorsIn(output: string): string {
  const start = output.search(ERROR);
  return (start < 0 ? output.slice(-2000) : output.slice(start)).replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
}
