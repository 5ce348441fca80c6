import { DataAwsRoute53Zone } from '@cdktf/provider-aws/lib/data-aws-route53-zone';
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Dns, DnsAlias, DnsProof, NEW_NAME_FIRST } from './dns';

export interface Route53DnsProps {
  /** A public zone that exists already, for example `k1te.chat`. */
  readonly zone: string;
}

/**
 * Names in a zone of Route 53.
 *
 * @example
 * new Route53Dns(scope, 'dns', { zone: 'k1te.chat' });
 */
export class Route53Dns extends Construct implements Dns {
  private readonly zone: DataAwsRoute53Zone;

  constructor(scope: Construct, id: string, props: Route53DnsProps) {
    super(scope, id);
    this.zone = new DataAwsRoute53Zone(this, 'zone', { name: props.zone, privateZone: false });
  }

  prove(scope: Construct, id: string, { name, type, value }: DnsProof): ITerraformDependable {
    return new Route53Record(scope, id, {
      zoneId: this.zone.zoneId,
      name,
      type,
      records: [value],
      ttl: 60,
      // A certificate that replaces another is proved by the same record.
      allowOverwrite: true,
    });
  }

  alias(scope: Construct, id: string, { name, target, targetZoneId }: DnsAlias): ITerraformDependable {
    return new Route53Record(scope, id, {
      zoneId: this.zone.zoneId,
      name,
      type: 'A',
      alias: { name: target, zoneId: targetZoneId, evaluateTargetHealth: false },
      lifecycle: NEW_NAME_FIRST,
    });
  }
}
