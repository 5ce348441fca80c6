import { AcmCertificate } from '@cdktf/provider-aws/lib/acm-certificate';
import { AcmCertificateValidation } from '@cdktf/provider-aws/lib/acm-certificate-validation';
import { Construct } from 'constructs';
import { Dns } from './dns';

export interface CertificateProps {
  /** The names it is for; the first is the one it is listed under. */
  readonly names: readonly [string, ...string[]];
  readonly dns: Dns;
}

/** A certificate of ACM, validated through DNS: renewed by AWS as long as the records stay. */
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
    const records = props.dns.validate(this, certificate);
    this.validation = new AcmCertificateValidation(this, 'validated', {
      certificateArn: certificate.arn,
      dependsOn: [records],
    });
  }

  /** Known once ACM has seen the records: what uses the ARN waits for it. */
  get arn(): string {
    return this.validation.certificateArn;
  }
}
