import { SettingsError } from '../settings';
import { Failure } from '../emulators/failure';

/** A second Ctrl-C after this many milliseconds ends at once. */
const IMPATIENCE = 1_500;

/** How a program that runs until Ctrl-C ends: in order, or at once on a second Ctrl-C. */
export class Ending {
  private begunAt: number | undefined;

  private constructor(
    private readonly stop: () => Promise<void>,
    private readonly sayGoodbye: () => void,
  ) {}

  /** From now on SIGINT and SIGTERM end the program: `stop` first, then `sayGoodbye`. */
  static atSignal(stop: () => Promise<void>, sayGoodbye: () => void): Ending {
    const ending = new Ending(stop, sayGoodbye);
    const begin = (): void => ending.begin();
    process.on('SIGINT', begin);
    process.on('SIGTERM', begin);
    return ending;
  }

  /** Whether it has begun. */
  get begun(): boolean {
    return this.begunAt !== undefined;
  }

  private begin(): void {
    // Ctrl-C reaches this process from the terminal and, at the same time, from the programs that started it.
    if (this.begunAt !== undefined) {
      if (performance.now() - this.begunAt > IMPATIENCE) process.exit(130);
      return;
    }
    this.begunAt = performance.now();
    this.stop().then(() => {
      this.sayGoodbye();
      process.exit(0);
    }, failProgram);
  }
}

/** Ends the program with one sentence for what a person can put right; what is our own fault comes with its stack. */
export function failProgram(error: unknown): never {
  const text =
    error instanceof Failure || error instanceof SettingsError
      ? error.message
      : `This is a defect of Kite, please report it: ${error instanceof Error ? error.stack : String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
