/** One call of the AWS API, in the words of IAM. */
export interface AwsCall {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** ARN of the role or user, a service principal (`apigateway.amazonaws.com`), or `anonymous`. */
  readonly caller: string;
  /** IAM action, such as `dynamodb:PutItem`. */
  readonly action: string;
  /** ARN of what was acted on, or `*`. */
  readonly resource: string;
  /** HTTP status of the answer. */
  readonly status: number;
}

const LIMIT = 200_000;

/** Every call the emulated account has seen, oldest first; beyond 200,000 the oldest are forgotten. */
export class CallLog {
  private readonly calls: AwsCall[] = [];

  /** Keeps a call. */
  record(call: AwsCall): void {
    this.calls.push(call);
    if (this.calls.length > LIMIT) this.calls.splice(0, this.calls.length - LIMIT);
  }

  /** The calls that match, oldest first. A string matches exactly, a pattern anywhere. */
  find(
    wanted: { caller?: string | RegExp; action?: string | RegExp; resource?: string | RegExp } = {},
  ): readonly AwsCall[] {
    return this.calls.filter(
      (call) =>
        matches(wanted.caller, call.caller) &&
        matches(wanted.action, call.action) &&
        matches(wanted.resource, call.resource),
    );
  }

  /** Each caller, action and resource once, in order of first appearance: what a policy simulator needs. */
  distinct(): readonly AwsCall[] {
    const seen = new Map<string, AwsCall>();
    for (const call of this.calls) {
      const key = `${call.caller}\n${call.action}\n${call.resource}`;
      if (!seen.has(key)) seen.set(key, call);
    }
    return [...seen.values()];
  }
}

function matches(wanted: string | RegExp | undefined, value: string): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? wanted === value : wanted.test(value);
}
