import type { CommandResult } from '../../local/sandbox/command-runner';

/**
 * Runs a command that is to fail. When cdktf runs Terraform, the end of its process may overtake the end of what it
 * printed, and that is where the error is: then the command is typed again, as a person would.
 */
export async function refused(command: () => Promise<CommandResult>): Promise<CommandResult> {
  for (let tries = 1; ; tries += 1) {
    const result = await command();
    if (result.status === 0 || tries === 3 || ERROR.test(result.output)) return result;
  }
}

const ERROR = /(^|\s)Error: /m;

/** The errors that were printed, as one line, because Terraform wraps them. */
export function errorsIn(output: string): string {
  const start = output.search(ERROR);
  return (start < 0 ? output.slice(-2000) : output.slice(start)).replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
}
