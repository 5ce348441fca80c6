import type { LogLine } from '../lambda/function-runner';

/** Writes a batch of lines to a log stream. */
export type PutLogEvents = (logGroup: string, logStream: string, lines: readonly LogLine[]) => Promise<void>;

const DELAY_MS = 250;

/** Collects what functions print and delivers it to CloudWatch Logs in batches, as Lambda does. */
export class LogDelivery {
  private waiting: LogLine[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly put: PutLogEvents) {}

  /** Keeps a line for the next batch. */
  add(line: LogLine): void {
    this.waiting.push(line);
    this.timer ??= setTimeout(() => void this.flush(), DELAY_MS).unref();
  }

  /** Delivers what waits, now. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const streams = new Map<string, LogLine[]>();
    for (const line of this.waiting.splice(0)) {
      const key = `${line.logGroup}\n${line.logStream}`;
      streams.set(key, [...(streams.get(key) ?? []), line]);
    }
    for (const [key, lines] of streams) {
      const [group = '', stream = ''] = key.split('\n');
      await this.put(group, stream, lines).catch(() => undefined);
    }
  }
}
