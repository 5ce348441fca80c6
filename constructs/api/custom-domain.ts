import { Apigatewayv2ApiMapping } from '@cdktf/provider-aws/lib/apigatewayv2-api-mapping';
import { Apigatewayv2DomainName } from '@cdktf/provider-aws/lib/apigatewayv2-domain-name';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Certificate } from '../core/certificate';
import { Dns, NEW_NAME_FIRST } from '../core/dns';

export interface CustomDomainProps {
  /** For example `ws.k1te.chat`. */
  readonly domainName: string;
  readonly certificate: Certificate;
  readonly dns: Dns;
}

/**
 * A custom domain name of an API, with each stage under a path of its name.
 *
 * @example
 * new CustomDomain(scope, 'domain', { domainName: 'ws.k1te.chat', certificate, dns });
 */
export class CustomDomain extends Construct {
  readonly domainName: string;
  private readonly domain: Apigatewayv2DomainName;
  private readonly record: ITerraformDependable;

  constructor(scope: Construct, id: string, props: CustomDomainProps) {
    super(scope, id);
    this.domainName = props.domainName;
    this.domain = new Apigatewayv2DomainName(this, 'domain', {
      domainName: props.domainName,
      domainNameConfiguration: {
        certificateArn: props.certificate.arn,
        endpointType: 'REGIONAL',
        securityPolicy: 'TLS_1_2',
      },
      lifecycle: NEW_NAME_FIRST,
    });
    this.record = props.dns.alias(this, 'record', {
      name: props.domainName,
      target: this.domain.domainNameConfiguration.targetDomainName,
      targetZoneId: this.domain.domainNameConfiguration.hostedZoneId,
      nameAttribute: `${Apigatewayv2DomainName.tfResourceType}.${this.domain.friendlyUniqueId}.domain_name`,
    });
  }

  /** Leads `<domain>/<stage>` to the stage. */
  map(scope: Construct, apiId: string, stage: Apigatewayv2Stage): Apigatewayv2ApiMapping {
    return new Apigatewayv2ApiMapping(scope, 'mapping', {
      apiId,
      domainName: this.domain.id,
      stage: stage.id,
      apiMappingKey: stage.name,
      // Who waits for the mapping wants to call the name.
      dependsOn: [this.record],
      lifecycle: NEW_NAME_FIRST,
    });
  }
}
