import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { Dns, DnsAlias, DnsProof, NEW_NAME_FIRST } from './dns';

export interface CloudflareDnsProps {
  /** A zone that exists already, for example `k1te.chat`. */
  readonly zone: string;
  /** May read the zone and edit its DNS. */
  readonly apiToken: TerraformVariable;
}

/**
 * Names in a zone of Cloudflare, not proxied: API Gateway ends TLS itself.
 *
 * @example
 * new CloudflareDns(scope, 'dns', { zone: 'k1te.chat', apiToken: settings.secret('CLOUDFLARE_API_TOKEN') });
 */
export class CloudflareDns extends Construct implements Dns {
  private readonly zone: DataCloudflareZone;

  constructor(scope: Construct, id: string, props: CloudflareDnsProps) {
    super(scope, id);
    new CloudflareProvider(this, 'provider', { apiToken: props.apiToken.stringValue });
    this.zone = new DataCloudflareZone(this, 'zone', { filter: { name: props.zone } });
  }

  prove(scope: Construct, id: string, { name, type, value }: DnsProof): ITerraformDependable {
    return new DnsRecord(scope, id, {
      zoneId: this.zone.zoneId,
      name,
      type,
      content: value,
      ttl: 60,
      proxied: false,
    });
  }

  alias(scope: Construct, id: string, { name, target, nameAttribute }: DnsAlias): ITerraformDependable {
    return new DnsRecord(scope, id, {
      zoneId: this.zone.zoneId,
      name,
      type: 'CNAME',
      content: target,
      ttl: 300,
      proxied: false,
      // A new name alone changes the record in place: the old name would be gone first.
      lifecycle: { ...NEW_NAME_FIRST, replaceTriggeredBy: [nameAttribute] },
    });
  }
}
