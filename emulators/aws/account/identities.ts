import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Keys that act as one role or user of the emulated account. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The account that moto emulates. */
export const ACCOUNT_ID = '123456789012';

/**
 * Who is behind an access key. Credentials are derived from the role: asking twice gives the same keys. Their secret is another one
 * in each account, so that no website can sign links to its files.
 */
export class Identities {
  private readonly arns = new Map<string, string>();
  private readonly secrets = new Map<string, string>();
  private readonly salt = randomBytes(32);

  /** Keys for a role, which stand for it in the call log from now on. */
  assume(roleArn: string): Credentials {
    const digest = createHash('sha256').update(roleArn).digest('hex').toUpperCase();
    const accessKeyId = `ASIA${digest.slice(0, 16)}`;
    this.arns.set(accessKeyId, roleArn);
    const secretAccessKey = createHmac('sha256', this.salt).update(roleArn).digest('hex');
    this.secrets.set(accessKeyId, secretAccessKey);
    return { accessKeyId, secretAccessKey, sessionToken: `emulated-session-${digest.slice(16, 32)}` };
  }

  /** The role behind an access key; an unknown key is a user of the account, no key is anonymous. */
  arnOf(accessKeyId: string | undefined): string {
    if (accessKeyId === undefined) return 'anonymous';
    return this.arns.get(accessKeyId) ?? `arn:aws:iam::${ACCOUNT_ID}:user/${accessKeyId}`;
  }

  /** The secret key of a role's access key; undefined for any other. */
  secretOf(accessKeyId: string): string | undefined {
    return this.secrets.get(accessKeyId);
  }
}
