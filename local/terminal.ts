import { styleText } from 'node:util';
import { isRecord, parsed } from '../json';
import type { GatewayActivity } from '../emulators/aws/api-gateway';

type Style = Parameters<typeof styleText>[0];

/** What `npm start` prints: where everything is, and then one line for each thing that happens, never with a body. */
export class Terminal {
  private readonly colored: boolean;

  constructor(private readonly out: NodeJS.WriteStream = process.stdout) {
    this.colored = out.isTTY && out.hasColors();
  }

  /** The list of addresses. */
  introduce(title: string, rows: readonly (readonly [name: string, value: string])[], footer: string): void {
    const width = Math.max(...rows.map(([name]) => name.length));
    this.write('');
    this.write(`  ${this.paint('bold', title)}`);
    this.write('');
    for (const [name, value] of rows) this.write(`  ${this.paint('dim', name.padEnd(width))}  ${value}`);
    this.write('');
    this.write(`  ${this.paint('dim', footer)}`);
    this.write('');
  }

  /** What happened, in a sentence. */
  note(text: string): void {
    this.write(`${this.time()}  ${text}`);
  }

  /** Something that the developer should look at. */
  warn(text: string): void {
    this.write(`${this.time()}  ${this.paint('yellow', text)}`);
  }

  /** One thing that the gateway served. */
  activity({ kind, routeKey, tag, connectionId, status, bytes, duration, error }: GatewayActivity): void {
    const who = connectionId?.slice(0, 8) ?? '';
    const rows: Record<GatewayActivity['kind'], [string, string]> = {
      connect: ['visitor', 'connects'],
      message: ['visitor', tag ?? 'message'],
      disconnect: ['visitor', 'leaves'],
      push: ['to visitor', ''],
      drop: ['to visitor', 'disconnects'],
      http: routeKey === 'POST /tg' ? ['telegram', 'update'] : ['http', routeKey],
    };
    const [subject, what] = rows[kind];
    const failed = kind === 'disconnect' ? error !== undefined : status >= 400;
    this.row(subject, who, what, bytes > 0 ? size(bytes) : '', String(status), duration, failed);
    if (error !== undefined) this.failure(error);
  }

  /** A batch of the queue that a function got. */
  delivery(messages: number, failed: number, duration: number, error: unknown): void {
    const what = `${messages} ${messages === 1 ? 'delivery' : 'deliveries'}`;
    const outcome = failed === 0 ? 'done' : `${failed} later`;
    this.row('queue', '', what, '', outcome, duration, error !== undefined);
    if (error !== undefined) this.failure(error);
  }

  /** A line that a function wrote: its warnings and errors, without what only machines read. */
  functionLine(line: string): void {
    const entry = parsed(line);
    if (!isRecord(entry)) return this.note(line);
    const { level, message, timestamp: _, service: __, error, ...fields } = entry;
    if (level !== 'WARN' && level !== 'ERROR') return;
    const details = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const text = [String(message), ...details].join('  ');
    this.write(`${this.time()}  ${this.paint(level === 'ERROR' ? 'red' : 'yellow', text)}`);
    if (error !== undefined) this.failure(error);
  }

  private failure(error: unknown): void {
    const { message, stack } = isRecord(error) ? error : { message: String(error), stack: undefined };
    for (const line of String(stack ?? message ?? '')
      .split('\n')
      .slice(0, 6)) {
      this.write(`          ${this.paint('red', line)}`);
    }
  }

  private row(
    subject: string,
    who: string,
    what: string,
    bytes: string,
    status: string,
    duration: number,
    failed: boolean,
  ): void {
    const columns = [
      this.time(),
      subject.padEnd(10),
      this.paint('dim', who.padEnd(8)),
      what.padEnd(24),
      this.paint('dim', bytes.padStart(9)),
      this.paint(failed ? 'red' : 'green', status.padStart(7)),
      this.paint('dim', `${duration.toFixed(0)} ms`.padStart(8)),
    ];
    this.write(columns.join('  '));
  }

  private time(): string {
    const now = new Date();
    const two = (value: number): string => String(value).padStart(2, '0');
    return this.paint('dim', [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':'));
  }

  private paint(style: Style, text: string): string {
    return this.colored ? styleText(style, text) : text;
  }

  private write(line: string): void {
    this.out.write(`${line.trimEnd()}\n`);
  }
}

function size(bytes: number): string {
  return bytes < 10_000 ? `${bytes} B` : `${(bytes / 1024).toFixed(0)} KB`;
}
