import { randomBytes } from 'node:crypto';

/**
 * A connection, request or message id as API Gateway makes them: eleven bytes in URL-safe base 64, which is fifteen
 * characters and one `=`, for example `L0SM9cOFvHcCIhw=`.
 */
export function newIdentifier(): string {
  return randomBytes(11).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
