import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** A name, and the host of AWS that it leads to. */
export interface DnsAlias {
  readonly name: string;
  readonly target: string;
  /** The zone of the host, for those who can make an alias of it. */
  readonly targetZoneId: string;
}

/** Whoever answers for the domain's names. */
export interface Dns {
  /** Makes the records by which ACM sees that the domain is ours. */
  validate(scope: Construct, certificate: AcmCertificate): ITerraformDependable;
  /** Leads a name to a host of AWS. */
  alias(scope: Construct, alias: DnsAlias): ITerraformDependable;
}

export const DNS_PROVIDERS = ['cloudflare', 'route53'] as const;
export type DnsProvider = (typeof DNS_PROVIDERS)[number];
