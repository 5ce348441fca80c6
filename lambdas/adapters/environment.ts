import { fileLimits, type FileLimits } from '../chat/model/file-limits';
import type { LogLevel } from './logger';

type Variables = Readonly<Record<string, string | undefined>>;

/** What both functions are told. */
export interface FunctionEnvironment {
  readonly stage: string;
  /** Name of an SSM SecureString. */
  readonly botTokenParameter: string;
  /** Undefined: Telegram's own. */
  readonly telegramApiRoot?: string;
  readonly logLevel: LogLevel;
}

export type LifecycleEnvironment = FunctionEnvironment;

export interface DispatcherEnvironment extends FunctionEnvironment {
  readonly channelsTable: string;
  readonly membersTable: string;
  readonly connectionsTable: string;
  readonly messagesTable: string;
  readonly filesBucket: string;
  readonly deliveryQueueUrl: string;
  /** `wss://host/stage`, without a query. */
  readonly websocketUrl: string;
  /** `https://<api id>.execute-api.<region>.amazonaws.com/<stage>`. */
  readonly websocketCallbackUrl: string;
  /** `https://host/stage`. */
  readonly apiUrl: string;
  readonly retentionDays: number;
  readonly fileLimits: FileLimits;
  /** Set: an emulated account answers here instead of AWS. */
  readonly awsEndpointUrl?: string;
}

/** Throws one error that names every missing or malformed variable. */
export function lifecycleEnvironment(variables: Variables = process.env): LifecycleEnvironment {
  const reader = new VariableReader(variables);
  const environment = functionEnvironment(reader);
  reader.check();
  return environment;
}

/** Throws one error that names every missing or malformed variable. */
export function dispatcherEnvironment(variables: Variables = process.env): DispatcherEnvironment {
  const reader = new VariableReader(variables);
  const environment = {
    ...functionEnvironment(reader),
    channelsTable: reader.required('CHANNELS_TABLE'),
    membersTable: reader.required('MEMBERS_TABLE'),
    connectionsTable: reader.required('CONNECTIONS_TABLE'),
    messagesTable: reader.required('MESSAGES_TABLE'),
    filesBucket: reader.required('FILES_BUCKET'),
    deliveryQueueUrl: reader.required('DELIVERY_QUEUE_URL'),
    websocketUrl: reader.required('WEBSOCKET_URL'),
    websocketCallbackUrl: reader.required('WEBSOCKET_CALLBACK_URL'),
    apiUrl: reader.required('API_URL'),
    retentionDays: reader.wholeNumber('RETENTION_DAYS'),
    fileLimits: reader.read('FILE_TYPES', fileLimits),
    ...(variables['AWS_ENDPOINT_URL'] ? { awsEndpointUrl: variables['AWS_ENDPOINT_URL'] } : {}),
  };
  reader.check();
  return environment;
}

function functionEnvironment(reader: VariableReader): FunctionEnvironment {
  const telegramApiRoot = reader.optional('TELEGRAM_API_ROOT');
  return {
    stage: reader.required('STAGE'),
    botTokenParameter: reader.required('BOT_TOKEN_PARAMETER'),
    ...(telegramApiRoot ? { telegramApiRoot } : {}),
    logLevel: reader.oneOf('LOG_LEVEL', ['DEBUG', 'INFO', 'WARN', 'ERROR'], 'INFO'),
  };
}

/** Collects what is wrong, so that everything is said at once. */
class VariableReader {
  private readonly complaints: string[] = [];

  constructor(private readonly variables: Variables) {}

  optional(name: string): string | undefined {
    return this.variables[name] || undefined;
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.complaints.push(`${name} is not set`);
    return value ?? '';
  }

  /** What `parse` makes of a text, the empty one if it is not set. */
  read<T>(name: string, parse: (text: string) => T): T {
    try {
      return parse(this.variables[name] ?? '');
    } catch (error) {
      this.complaints.push(`${name}: ${(error as Error).message}`);
      return parse('');
    }
  }

  wholeNumber(name: string): number {
    const value = this.required(name);
    if (value !== '' && !/^[1-9]\d*$/.test(value))
      this.complaints.push(`${name} must be a whole number above 0, not '${value}'`);
    return Number(value);
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const known = values.find((candidate) => candidate === value.toUpperCase());
    if (known === undefined) this.complaints.push(`${name} must be one of ${values.join(', ')}, not '${value}'`);
    return known ?? fallback;
  }

  check(): void {
    if (this.complaints.length > 0) throw new Error(`The function is not set up: ${this.complaints.join('; ')}`);
  }
}
