import type { Logger } from '../chat/ports';
import { correlation } from './correlation';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

const SEVERITY: Record<LogLevel, number> = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 };

/** A bot token as BotFather makes it, and whatever stands for one in a Bot API URL. */
const BOT_TOKEN = /\b\d{5,}:[A-Za-z0-9_-]{20,}/g;
const BOT_API_PATH = /\/bot\d+:[^/\s"']+/g;

/** The text without bot tokens: a Bot API URL contains one. */
export function withoutTokens(text: string): string {
  return text.replace(BOT_API_PATH, '/bot***').replace(BOT_TOKEN, '***');
}

/**
 * One JSON object per line, with the names that Lambda's own JSON log format and Powertools use, and with what tells the
 * lines of one event from others'. Our own few lines and not Powertools: its import costs a twelfth of a bare Node's start
 * (docs/adr/0003-own-logger.md).
 */
export function createLogger(
  service: string,
  level: LogLevel = 'INFO',
  write: (line: string) => void = (line) => process.stdout.write(`${line}\n`),
): Logger {
  const log = (severity: LogLevel) => (message: string, fields?: Record<string, unknown>) => {
    if (SEVERITY[severity] < SEVERITY[level]) return;
    const entry = {
      level: severity,
      message,
      timestamp: new Date().toISOString(),
      service,
      ...correlation(),
      ...fields,
    };
    write(withoutTokens(JSON.stringify(entry, plainError)));
  };
  return { info: log('INFO'), warn: log('WARN'), error: log('ERROR') };
}

/** Errors have no enumerable properties: without this they would be logged as `{}`. */
function plainError(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (!(value instanceof Error)) return value;
  return { name: value.name, message: value.message, stack: value.stack };
}
