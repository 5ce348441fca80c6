import { TelegramRefusal, TelegramUnreachable } from '../../lambdas/adapters/telegram/bot-api';
import { CloudflareFailure } from './cloudflare-api';
import { partsOf } from './error-parts';

/** Why a service could not be asked, in words for people, and what to do about it. */
export interface Failure {
  readonly words: string;
  readonly remedy?: string;
}

/** What any service's client throws, as one line without a stack trace. */
export function failureOf(error: unknown): Failure {
  if (error instanceof TelegramRefusal || error instanceof TelegramUnreachable) return { words: `${error.message}.` };
  if (error instanceof CloudflareFailure) return { words: error.message };
  return awsFailure(error);
}

/** Names by which AWS's services refuse credentials that they do not know. */
const UNKNOWN_CREDENTIALS = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'AuthFailure',
  'NotAuthorized',
]);
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const LATE = new Set(['TimeoutError', 'AbortError', 'RequestTimeout']);

function awsFailure(error: unknown): Failure {
  const { name, message, code, status } = partsOf(error);
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return {
      words: `There are no AWS credentials: ${message.replace(/\.?$/, '.')}`,
      remedy: /sso|login|expired/i.test(message)
        ? 'aws sso login'
        : 'aws configure sso (or: aws configure), then export AWS_PROFILE="<the name you gave it>"',
    };
  }
  if (EXPIRED.has(name)) return { words: 'The AWS credentials have expired.', remedy: 'aws sso login' };
  if (UNKNOWN_CREDENTIALS.has(name)) {
    return {
      words: `AWS does not accept these credentials (${name}).`,
      remedy: 'Check them with: aws configure list. Is the clock of this machine right?',
    };
  }
  if (code !== undefined && code !== 'ETIMEDOUT') return { words: `AWS cannot be reached (${code}).`, remedy: NETWORK };
  if (LATE.has(name) || code !== undefined) return { words: 'AWS did not answer in time.', remedy: NETWORK };
  if (name === 'SyntaxError' || status === 200 || /deserialization/i.test(message)) {
    return { words: 'The endpoint did not return a valid AWS response.', remedy: NETWORK };
  }
  if (status === 403) return { words: `These credentials do not allow it: ${message}` };
  return { words: status === undefined ? `${name}: ${message}` : `AWS answered ${status} ${name}: ${message}` };
}

const NETWORK = 'Check the network: proxy, VPN, and AWS_ENDPOINT_URL if it is set.';
