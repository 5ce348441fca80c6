import { createHash } from 'node:crypto';
import type { FakeS3 } from './fake-s3';

interface Configuration {
  Version: string;
  CodeSha256: string;
  Description: string;
  Runtime: string;
  Architectures: string[];
}

/** What Lambda does with versions and aliases, for one function that is a text: it answers PING with whatever the text says. */
export class FakeLambda {
  readonly calls: string[] = [];
  latest: Configuration;
  readonly versions = new Map<string, Configuration>();
  alias = '1';
  /** Answers of the code by its bytes. */
  answers: (code: string, qualifier: string) => unknown = () => ({ statusCode: 200, body: '["PONG"]' });
  failing: string | undefined;
  private published = 1;
  private readonly codes = new Map<string, string>();

  constructor(
    readonly name: string,
    private readonly s3: FakeS3,
    code: string,
    settings: Partial<Configuration> = {},
  ) {
    this.latest = {
      Version: '$LATEST',
      CodeSha256: this.remember(code),
      Description: '',
      Runtime: 'provided.al2023',
      Architectures: ['arm64'],
      ...settings,
    };
    this.versions.set('1', { ...this.latest, Version: '1' });
  }

  get liveCode(): string {
    return this.codeOf(this.alias);
  }

  get latestCode(): string {
    return this.codes.get(this.latest.CodeSha256) ?? '';
  }

  codeOf(version: string): string {
    return this.codes.get(this.versions.get(version)?.CodeSha256 ?? '') ?? '';
  }

  send(name: string, input: Record<string, string>): object {
    this.calls.push(name);
    if (this.failing === name) throw Object.assign(new Error('Rate exceeded.'), { name: 'TooManyRequestsException' });
    const qualified = input['Qualifier'] === undefined ? this.latest : this.versions.get(input['Qualifier']);
    switch (name) {
      case 'GetFunctionConfigurationCommand':
        return { ...(qualified ?? missing()), State: 'Active', LastUpdateStatus: 'Successful' };
      case 'ListVersionsByFunctionCommand':
        return { Versions: [this.latest, ...this.versions.values()] };
      case 'GetAliasCommand':
        return { FunctionVersion: this.alias };
      case 'UpdateFunctionCodeCommand': {
        const code = this.s3.objects.get(input['S3Key'] ?? '')?.body ?? Buffer.alloc(0);
        this.latest = { ...this.latest, CodeSha256: this.remember(code.toString()) };
        return this.latest;
      }
      case 'PublishVersionCommand': {
        if (input['CodeSha256'] !== this.latest.CodeSha256) {
          throw Object.assign(new Error('CodeSHA256 is different'), { name: 'InvalidParameterValueException' });
        }
        const version = String(++this.published);
        this.versions.set(version, { ...this.latest, Version: version, Description: input['Description'] ?? '' });
        return this.versions.get(version) ?? {};
      }
      case 'UpdateAliasCommand':
        if (!this.versions.has(input['FunctionVersion'] ?? '')) missing();
        this.alias = input['FunctionVersion'] ?? '';
        return {};
      case 'DeleteFunctionCommand':
        if (input['Qualifier'] === undefined) throw new Error('The whole function would have been deleted.');
        if (input['Qualifier'] === this.alias) throw new Error('The version is behind an alias.');
        this.versions.delete(input['Qualifier']);
        return {};
      case 'InvokeCommand': {
        const version = input['Qualifier'] === 'live' ? this.alias : (input['Qualifier'] ?? '');
        const answer = this.answers(this.codeOf(version), input['Qualifier'] ?? '');
        const error = answer instanceof Error;
        return {
          ...(error && { FunctionError: 'Unhandled' }),
          Payload: Buffer.from(
            JSON.stringify(error ? { errorType: answer.name, errorMessage: answer.message } : answer),
          ),
        };
      }
      default:
        throw new Error(`The fake does not know ${name}.`);
    }
  }

  private remember(code: string): string {
    const sum = createHash('sha256').update(code).digest('base64');
    this.codes.set(sum, code);
    return sum;
  }
}

/** The service with several functions. */
export function lambdaOf(...functions: FakeLambda[]) {
  return {
    send: async (command: { constructor: { name: string }; input: Record<string, string> }) => {
      const found = functions.find(({ name }) => name === command.input['FunctionName']) ?? missing();
      return found.send(command.constructor.name, command.input);
    },
  } as never;
}

function missing(): never {
  throw Object.assign(new Error('Function not found'), { name: 'ResourceNotFoundException' });
}
