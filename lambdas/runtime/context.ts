/** What a handler is told about its invocation: the members of AWS's Node.js context object that are not deprecated. */
export interface InvocationContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** MiB, as text: so AWS's own Node.js runtime gives it. */
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly identity?: unknown;
  readonly clientContext?: unknown;
  callbackWaitsForEmptyEventLoop: boolean;
  /** Milliseconds until Lambda ends the invocation; negative when it is late. */
  getRemainingTimeInMillis(): number;
}

/** The variables of the process: those that Lambda sets for a function, and the trace id that the runtime sets for the SDKs. */
export type ProcessEnvironment = Record<string, string | undefined>;

/**
 * The context of the invocation that these headers announce.
 *
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next and
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function invocationContext(headers: Headers, environment: ProcessEnvironment): InvocationContext {
  const deadline = Number(headers.get('lambda-runtime-deadline-ms') ?? Number.NaN);
  return {
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME ?? '',
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION ?? '',
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '',
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    invokedFunctionArn: headers.get('lambda-runtime-invoked-function-arn') ?? '',
    awsRequestId: headers.get('lambda-runtime-aws-request-id') ?? '',
    identity: json(headers.get('lambda-runtime-cognito-identity')),
    clientContext: json(headers.get('lambda-runtime-client-context')),
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => (Number.isNaN(deadline) ? 0 : deadline - Date.now()),
  };
}

function json(text: string | null): unknown {
  return !text ? undefined : (JSON.parse(text) as unknown);
}
