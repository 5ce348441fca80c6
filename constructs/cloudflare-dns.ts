import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { DnsRecord } from '@cdktf/provider-cloudflare/lib/dns-record';
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { Fn, ITerraformDependable, TerraformIterator, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { Dns, DnsAlias } from './dns';

export interface CloudflareDnsProps {
  /** A zone that exists already, for example `k1te.chat`. */
  readonly zone: string;
  /** May read the zone and edit its DNS. */
  readonly apiToken: TerraformVariable;
}

/** Names in a zone of Cloudflare, not proxied: API Gateway ends TLS itself. */
export class CloudflareDns extends Construct implements Dns {
  private readonly zone: DataCloudflareZone;

  constructor(scope: Construct, id: string, props: CloudflareDnsProps) {
    super(scope, id);
    new CloudflareProvider(this, 'provider', { apiToken: props.apiToken.stringValue });
    this.zone = new DataCloudflareZone(this, 'zone', { filter: { name: props.zone } });
  }

  validate(scope: Construct, certificate: AcmCertificate): ITerraformDependable {
    const options = TerraformIterator.fromComplexList(certificate.domainValidationOptions, 'domain_name');
    return new DnsRecord(scope, 'validation', {
      forEach: options,
      zoneId: this.zone.zoneId,
      // ACM ends names with a dot, which Cloudflare takes away: the next plan would show a change.
      name: Fn.trimsuffix(options.getString('resource_record_name'), '.'),
      type: options.getString('resource_record_type'),
      content: Fn.trimsuffix(options.getString('resource_record_value'), '.'),
      ttl: 60,
      proxied: false,
    });
  }

  alias(scope: Construct, { name, target }: DnsAlias): ITerraformDependable {
    return new DnsRecord(scope, 'record', {
      zoneId: this.zone.zoneId,
      name,
      type: 'CNAME',
      content: target,
      ttl: 300,
      proxied: false,
    });
  }
}
