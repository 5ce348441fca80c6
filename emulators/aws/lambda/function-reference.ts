/** A function as callers name it. */
export interface FunctionReference {
  readonly name: string;
  /** Alias, version or `$LATEST`. */
  readonly qualifier?: string;
}

/**
 * Reads a function's name, partial ARN or ARN, each with or without a qualifier, as the `FunctionName` of the Lambda API
 * allows (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 * @param qualifier the `Qualifier` parameter; one in the name goes first
 */
export function parseFunctionReference(reference: string, qualifier?: string | null): FunctionReference {
  const short = reference.includes(':function:') ? (reference.split(':function:').at(-1) ?? '') : reference;
  const [name = '', own] = short.split(':');
  const chosen = own ?? qualifier ?? undefined;
  return chosen === undefined ? { name } : { name, qualifier: chosen };
}
