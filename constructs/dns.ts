import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** A name, and the host of AWS that it leads to. */
export interface DnsAlias {
  readonly name: string;
  readonly target: string;
  /** The zone of the host, for those who can make an alias of it. */
  readonly targetZoneId: string;
}

/** A record by which somebody sees that a domain is ours. */
export interface DnsProof {
  /** Without a final dot, and so the value. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** Whoever answers for the domain's names. */
export interface Dns {
  /** Makes a record by which somebody sees that the domain is ours. */
  prove(scope: Construct, id: string, proof: DnsProof): ITerraformDependable;
  /** Leads a name to a host of AWS. */
  alias(scope: Construct, id: string, alias: DnsAlias): ITerraformDependable;
}

export const DNS_PROVIDERS = ['cloudflare', 'route53'] as const;
export type DnsProvider = (typeof DNS_PROVIDERS)[number];
