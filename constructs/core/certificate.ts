import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Construct } from 'constructs';
import { Dns, DnsProof } from './dns';

export interface CertificateProps {
  /** The names it is for; the first is the one it is listed under. */
  readonly names: readonly [string, ...string[]];
  readonly dns: Dns;
}

/**
 * A certificate of ACM, validated through DNS: renewed by AWS as long as the records stay.
 *
 * @example
 * new Certificate(scope, 'certificate', { names: ['ws.k1te.chat', 'api.k1te.chat'], dns });
 */
export class Certificate extends Construct {
  private readonly validation: AcmCertificateValidation;

  constructor(scope: Construct, id: string, props: CertificateProps) {
    super(scope, id);
    const [domainName, ...others] = props.names;
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName,
      subjectAlternativeNames: others,
      validationMethod: 'DNS',
      // The one in use cannot be deleted: its successor comes first.
      lifecycle: { createBeforeDestroy: true },
    });
    const proofs = props.names.map((name) => props.dns.prove(this, `proof-${name}`, proofFor(certificate, name)));
    this.validation = new AcmCertificateValidation(this, 'validated', {
      certificateArn: certificate.arn,
      dependsOn: proofs,
    });
  }

  /** Known once ACM has seen the records: what uses the ARN waits for it. */
  get arn(): string {
    return this.validation.certificateArn;
  }
}

/**
 * The record that ACM wants to see for a name. Picked by the name, which is known when Terraform plans; an iterator of cdktf goes
 * over a list made of ACM's set, and how long that is Terraform knows only afterwards.
 */
function proofFor(certificate: AcmCertificate, name: string): DnsProof {
  const options = `${AcmCertificate.tfResourceType}.${certificate.friendlyUniqueId}.domain_validation_options`;
  const pick = (attribute: string) =>
    `one([for o in ${options} : o.resource_record_${attribute} if o.domain_name == "${name}"])`;
  // ACM ends names with a dot. Cloudflare takes it away, and the next plan would show a change; Route 53 needs none.
  const dotless = (attribute: string) => `\${trimsuffix(${pick(attribute)}, ".")}`;
  return { name: dotless('name'), type: `\${${pick('type')}}`, value: dotless('value') };
}
