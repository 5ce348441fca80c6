import { readAwsRequest, type AwsRequest, type RawRequest } from '../protocol/aws-request';
import { S3Error } from './s3-error';
import { checkSignature } from './signature';

/**
 * Checks a presigned request as S3 does. Requests by keys whose secret is not known pass, and so do preflight requests.
 * @param secretOf the secret key behind an access key
 * @param now milliseconds since 1970
 * @returns why S3 refuses it
 */
export async function refusePresigned(
  request: AwsRequest,
  secretOf: (accessKeyId: string) => string | undefined,
  now = Date.now(),
): Promise<S3Error | undefined> {
  const { accessKeyId = '', method, query } = request;
  const secretAccessKey = secretOf(accessKeyId);
  if (!query.has('X-Amz-Signature') || secretAccessKey === undefined || method === 'OPTIONS') return undefined;
  try {
    await checkSignature(request, { accessKeyId, secretAccessKey }, now);
    return undefined;
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
}

/**
 * Whether a request follows a link to S3 that a role of the account has signed. A preflight request cannot be checked, and
 * reveals nothing.
 */
export async function isSignedLink(
  raw: RawRequest,
  secretOf: (accessKeyId: string) => string | undefined,
): Promise<boolean> {
  if (raw.headers.authorization !== undefined || raw.headers['x-amz-target'] !== undefined) return false;
  const request = readAwsRequest(raw);
  if (request.service !== 's3' || !request.query.has('X-Amz-Signature')) return false;
  if (request.method === 'OPTIONS') return true;
  const isKnown = secretOf(request.accessKeyId ?? '') !== undefined;
  return isKnown && (await refusePresigned(request, secretOf)) === undefined;
}
