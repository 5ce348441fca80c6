import { CloudflareFailure, type CloudflareApi } from '../cloudflare-api';
import type { Check } from '../check';
import { notChecked, ok, problem, warning } from '../finding';
import { lackOf } from '../settings-reading';
import { cloudflare, zoneName } from './cloudflare-token';

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
