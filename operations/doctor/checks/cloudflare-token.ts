import { CloudflareApi, CloudflareFailure } from '../cloudflare-api';
import type { Check } from '../check';
import { NotChecked, ok, problem, warning } from '../finding';
import type { DoctorContext } from '../context';

const MAKE =
  'Create a token from the template "Edit zone DNS" at https://dash.cloudflare.com/profile/api-tokens and write it into .env, CLOUDFLARE_API_TOKEN="..."';

/** Days before its end at which a token is warned of. */
const SOON = 14;

/** Cloudflare knows the token, and it is not about to end. */
export const cloudflareToken: Check = {
  subject: 'Cloudflare token',
  look: async (around) => {
    const api = cloudflare(around);
    if (api === undefined) return problem('CLOUDFLARE_API_TOKEN is missing.', MAKE);
    try {
      const { status, expires_on: end } = await api.verifyToken();
      if (status !== 'active') return problem(`CLOUDFLARE_API_TOKEN is ${status}.`, MAKE);
      const days = end ? (Date.parse(end) - Date.now()) / 86_400_000 : Infinity;
      return days < SOON ? warning(`CLOUDFLARE_API_TOKEN expires on ${end?.slice(0, 10)}.`, MAKE) : ok('Active.');
    } catch (error) {
      if (!(error instanceof CloudflareFailure) || ![400, 401, 403].includes(error.status ?? 0)) throw error;
      // A token of an account, and not of a person, is not known here; what counts is whether it sees the zone.
      const zone = await api.zone(zoneName(around) ?? '').catch(() => undefined);
      if (zone) return ok('Cloudflare accepts it.');
      return problem(`Cloudflare does not accept CLOUDFLARE_API_TOKEN. ${error.message}`, MAKE);
    }
  },
};

/** The zone that the chat's names go into, if Cloudflare has it. */
export function zoneName({ reading: { settings } }: DoctorContext): string | undefined {
  return settings.DNS_ZONE ?? settings.DOMAIN;
}

/** Undefined: there is no token. Throws a NotChecked if Cloudflare has no part in this deployment. */
export function cloudflare({ reading, cloudflareApi, seconds }: DoctorContext): CloudflareApi | undefined {
  // A domain without a token is malformed, and left out of the settings that could be read.
  const domain = reading.settings.DOMAIN ?? reading.environment['DOMAIN'];
  if (!domain) throw new NotChecked('Not needed: DOMAIN is empty.');
  if (reading.environment['DNS'] === 'route53') throw new NotChecked('Not needed: DNS is "route53".');
  const token = reading.secret('CLOUDFLARE_API_TOKEN');
  return token === undefined ? undefined : new CloudflareApi({ root: cloudflareApi, token, seconds });
}
