/** What a Lambda proxy integration may return. */
export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  /** Decoded, if the function sent base 64. */
  readonly body: Buffer | undefined;
}

/**
 * Reads what a function returned, or undefined if API Gateway would not understand it ("malformed Lambda proxy
 * response"), which clients see as an internal server error.
 *
 * Payload format 2.0 infers a missing status code: any other JSON value is a body of status 200.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function readProxyResponse(value: unknown, format: 'websocket' | '2.0'): ProxyResponse | undefined {
  if (format === '2.0' && !hasStatusCode(value)) {
    if (value === undefined) return undefined;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      cookies: [],
      body: Buffer.from(text),
    };
  }
  if (!hasStatusCode(value)) return undefined;

  const statusCode = Number(value.statusCode);
  if (!Number.isInteger(statusCode) || statusCode < 100 || statusCode > 599) return undefined;
  const { body, headers, multiValueHeaders, cookies, isBase64Encoded } = value as Record<string, unknown>;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  const single = readHeaders(headers);
  const multiple = readHeaders(multiValueHeaders);
  if (!single || !multiple) return undefined;
  if (cookies !== undefined && !(Array.isArray(cookies) && cookies.every((each) => typeof each === 'string'))) {
    return undefined;
  }
  return {
    statusCode,
    headers: { ...single, ...multiple },
    cookies: (cookies as string[] | undefined) ?? [],
    body: typeof body === 'string' ? Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') : undefined,
  };
}

function hasStatusCode(value: unknown): value is { statusCode: unknown } {
  return typeof value === 'object' && value !== null && 'statusCode' in value;
}

function readHeaders(headers: unknown): Record<string, string> | undefined {
  if (headers === undefined || headers === null) return {};
  if (typeof headers !== 'object' || Array.isArray(headers)) return undefined;
  const read: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) read[name.toLowerCase()] = value.map(String).join(',');
    else if (['string', 'number', 'boolean'].includes(typeof value)) read[name.toLowerCase()] = String(value);
    else return undefined;
  }
  return read;
}
