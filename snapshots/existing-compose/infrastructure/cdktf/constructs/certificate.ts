/** A certificate that AWS renews by itself, proven by DNS, and the names that lead to the load balancer. */
import { AcmCertificate } from '#aws/acm-certificate';
import { AcmCertificateValidation } from '#aws/acm-certificate-validation';
import type { Lb } from '#aws/lb';
import { Route53Record } from '#aws/route53-record';
import { Construct } from 'constructs';

export interface CertificateProps {
  /** The domain itself first. */
  readonly hosts: readonly string[];
  readonly hostedZoneId: string;
  readonly balancer: Lb;
}

export class Certificate extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { hosts, hostedZoneId, balancer }: CertificateProps) {
    super(scope, id);
    const [domainName = '', ...others] = hosts;
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName,
      subjectAlternativeNames: others,
      validationMethod: 'DNS',
      lifecycle: { createBeforeDestroy: true },
    });
    const options = `tolist(${certificate.fqn}.domain_validation_options)`;
    const records = hosts.map((host, index) => {
      // As many options as there are names, and all names are known: a loop over the set itself would not be known to a plan.
      const option = (field: string) => `\${${options}[${index}].resource_record_${field}}`;
      return new Route53Record(this, `proof-${host}`, {
        zoneId: hostedZoneId,
        name: option('name'),
        type: option('type'),
        records: [option('value')],
        ttl: 60,
        allowOverwrite: true,
      });
    });
    for (const host of hosts) {
      for (const type of ['A'])
        new Route53Record(this, `${type}-${host}`, {
          zoneId: hostedZoneId,
          name: host,
          type,
          alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
        });
    }
    this.arn = new AcmCertificateValidation(this, 'validation', {
      certificateArn: certificate.arn,
      validationRecordFqdns: records.map(({ fqdn }) => fqdn),
    }).certificateArn;
  }
}
