import * as v from 'valibot';
import { parsed } from '../../json';
import { reasonOf } from './error-parts';

/** Cloudflare's public API. */
export const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4';

/** Cloudflare refused, or could not be asked. Its message is a sentence and holds no token. */
export class CloudflareFailure extends Error {
  override name = 'CloudflareFailure';

  constructor(
    message: string,
    /** Of the HTTP answer. Undefined: there was none that could be read. */
    readonly status?: number,
  ) {
    super(message);
  }
}

/** Every answer comes in this: https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/ */
const ENVELOPE = v.object({
  success: v.boolean(),
  errors: v.optional(v.nullable(v.array(v.object({ code: v.number(), message: v.string() }))), []),
  result: v.optional(v.unknown()),
});

/** What the token says of itself: https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/ */
const TOKEN = v.object({ status: v.string(), expires_on: v.optional(v.nullable(v.string())) });
export type CloudflareToken = v.InferOutput<typeof TOKEN>;

/** https://developers.cloudflare.com/api/resources/zones/methods/list/ */
const ZONES = v.array(
  v.object({
    id: v.string(),
    name: v.string(),
    status: v.optional(v.string(), 'active'),
    /** What the token may do in the zone, for example `#dns_records:edit`. Cloudflare leaves it out at times. */
    permissions: v.optional(v.array(v.string()), []),
    name_servers: v.optional(v.nullable(v.array(v.string())), []),
  }),
);
export type CloudflareZone = v.InferOutput<typeof ZONES>[number];

export interface CloudflareApiProps {
  readonly root: string;
  /** Secret. */
  readonly token: string;
  /** How long a call may take. */
  readonly seconds: number;
}

/** What the doctor asks Cloudflare. Everything throws a CloudflareFailure. */
export class CloudflareApi {
  constructor(private readonly props: CloudflareApiProps) {}

  async verifyToken(): Promise<CloudflareToken> {
    return this.get('/user/tokens/verify', TOKEN);
  }

  /** The zone of this name. Undefined: this token sees none. */
  async zone(name: string): Promise<CloudflareZone | undefined> {
    return (await this.get(`/zones?name=${encodeURIComponent(name)}`, ZONES))[0];
  }

  /** Reads one record of the zone, to see whether the token may. */
  async readRecords(zoneId: string): Promise<void> {
    await this.get(`/zones/${encodeURIComponent(zoneId)}/dns_records?per_page=1`, v.unknown());
  }

  private async get<const S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> {
    const { status, text } = await this.fetch(path);
    const envelope = v.safeParse(ENVELOPE, parsed(text));
    if (!envelope.success) {
      throw new CloudflareFailure(`The endpoint did not return a valid Cloudflare response (HTTP ${status}).`);
    }
    const { success, errors, result } = envelope.output;
    if (!success || status >= 400) {
      const reasons = (errors ?? []).map(({ code, message }) => `${message} (${code})`).join(', ');
      throw new CloudflareFailure(`Cloudflare answered ${status}: ${reasons || 'no reason given'}.`, status);
    }
    const read = v.safeParse(schema, result);
    if (!read.success) {
      throw new CloudflareFailure(`Cloudflare's response is not valid: ${read.issues[0].message}.`);
    }
    return read.output;
  }

  private async fetch(path: string): Promise<{ status: number; text: string }> {
    const { root, token, seconds } = this.props;
    try {
      const response = await fetch(`${root.replace(/\/+$/, '')}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(seconds * 1000),
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw new CloudflareFailure(`Cloudflare cannot be reached (${reasonOf(error)}).`);
    }
  }
}
