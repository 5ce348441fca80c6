import type { Check } from '../check';
import { CloudflareApi, CloudflareFailure } from '../cloudflare-api';
import type { DoctorContext } from '../context';
import { NotChecked, notChecked, ok, problem, warning } from '../finding';
import { lackOf } from '../settings-reading';

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

const ALLOW = 'Add the permission Zone, DNS, Edit to the token at https://dash.cloudflare.com/profile/api-tokens';

/** The token sees the zone and may edit its DNS, as far as Cloudflare tells. */
export const cloudflareZone: Check = {
  subject: 'Cloudflare zone',
  look: async (around) => {
    const api = cloudflare(around);
    const name = zoneName(around);
    if (api === undefined) return notChecked('It needs a token.');
    if (name === undefined) return notChecked(lackOf(around.reading, 'DOMAIN'));
    const zone = await api.zone(name);
    if (zone === undefined) {
      return problem(
        `This token does not see the zone ${name}.`,
        'Give the token access to it, or write the zone of the domain into .env, DNS_ZONE="..."',
      );
    }
    if (!(await mayRead(api, zone.id))) return problem(`${name}: this token may not read its DNS.`, ALLOW);
    if (zone.status !== 'active') {
      const servers = (zone.name_servers ?? []).join(' and ');
      return warning(
        `${name} is ${zone.status}: the certificate cannot be validated before the domain's name servers are Cloudflare's.`,
        servers === '' ? undefined : `Set them at your registrar: ${servers}`,
      );
    }
    if (zone.permissions.includes('#dns_records:edit')) return ok(`${name}: this token may edit its DNS.`);
    if (zone.permissions.length === 0) {
      return ok(`${name}: this token may read its DNS. Cloudflare does not say whether it may edit it.`);
    }
    return warning(`${name}: this token may read its DNS, and according to Cloudflare, not edit it.`, ALLOW);
  },
};

async function mayRead(api: CloudflareApi, zoneId: string): Promise<boolean> {
  try {
    await api.readRecords(zoneId);
    return true;
  } catch (error) {
    if (error instanceof CloudflareFailure && error.status === 403) return false;
    throw error;
  }
}
