import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';

/** A name, and the host of AWS that it leads to. */
export interface DnsAlias {
  readonly name: string;
  readonly target: string;
  /** The zone of the host, for those who can make an alias of it. */
  readonly targetZoneId: string;
  /** The attribute that holds the name, for example `aws_apigatewayv2_domain_name.x.domain_name`: it changes with the name only. */
  readonly nameAttribute: string;
}

/**
 * For everything that a name leads through. When the domain changes, the old name works until all that uses it has moved to the
 * new one: if Telegram refuses the new webhook, the former one is set again, and it has to work.
 */
export const NEW_NAME_FIRST = { createBeforeDestroy: true } as const;

/** A record that proves the ownership of a domain. */
export interface DnsProof {
  /** Without a final dot, and so the value. */
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** The service that hosts the domain's zone. */
export interface Dns {
  /** Creates a record that proves the ownership of the domain. */
  prove(scope: Construct, id: string, proof: DnsProof): ITerraformDependable;
  /** Leads a name to a host of AWS. */
  alias(scope: Construct, id: string, alias: DnsAlias): ITerraformDependable;
}

export const DNS_PROVIDERS = ['cloudflare', 'route53'] as const;
export type DnsProvider = (typeof DNS_PROVIDERS)[number];
