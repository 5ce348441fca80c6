import { list, record, text } from '../../../json';

/** One version of a function, as the account describes it. */
export interface FunctionConfiguration {
  readonly name: string;
  /** A number, or `$LATEST`. */
  readonly version: string;
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly architecture: 'arm64' | 'x86_64';
  /** Base64, the key of the code store. */
  readonly codeSha256: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutMs: number;
  readonly logGroup: string;
}

/** Reads the JSON of GetFunctionConfiguration. */
export function readFunctionConfiguration(value: Record<string, unknown>): FunctionConfiguration {
  const variables = record(record(value['Environment'])['Variables']);
  const [architecture] = list(value['Architectures']);
  const name = text(value['FunctionName']);
  return {
    name,
    version: String(value['Version'] ?? '$LATEST'),
    runtime: text(value['Runtime']),
    handler: text(value['Handler']),
    roleArn: text(value['Role']),
    architecture: architecture === 'arm64' ? 'arm64' : 'x86_64',
    codeSha256: text(value['CodeSha256']),
    environment: Object.fromEntries(Object.entries(variables).map(([key, variable]) => [key, String(variable)])),
    memoryMegabytes: Number(value['MemorySize'] ?? 128),
    timeoutMs: Number(value['Timeout'] ?? 3) * 1000,
    logGroup: text(record(value['LoggingConfig'])['LogGroup']) || `/aws/lambda/${name}`,
  };
}
