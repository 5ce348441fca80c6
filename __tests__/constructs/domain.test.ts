import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import { Certificate } from '../../constructs/core/certificate';
import { CloudflareDns } from '../../constructs/core/cloudflare-dns';
import { CustomDomain } from '../../constructs/api/custom-domain';
import { Dns } from '../../constructs/core/dns';
import { HttpApi } from '../../constructs/api/http-api';
import { HttpStage } from '../../constructs/api/http-stage';
import { Route53Dns } from '../../constructs/core/route53-dns';
import { Synthesized } from './synthesized';

function domain(dnsOf: (scope: Construct) => Dns): { stack: Synthesized; url: string } {
  let url = '';
  const stack = Synthesized.stackWith((scope, account) => {
    const dns = dnsOf(scope);
    const certificate = new Certificate(scope, 'certificate', { names: ['ws.k1te.chat', 'api.k1te.chat'], dns });
    const custom = new CustomDomain(scope, 'domain', { domainName: 'api.k1te.chat', certificate, dns });
    const api = new HttpApi(scope, 'api', { apiName: 'kite-http', account });
    const stage = new HttpStage(scope, 'stage', { api, stageName: 'dev', functionReference: 'f:live', domain: custom });
    ({ url } = stage);
  });
  return { stack, url };
}

const route53 = () => domain((scope) => new Route53Dns(scope, 'dns', { zone: 'k1te.chat' }));
const cloudflare = () =>
  domain((scope) => {
    const apiToken = new TerraformVariable(scope, 'CLOUDFLARE_API_TOKEN', { type: 'string', sensitive: true });
    return new CloudflareDns(scope, 'dns', { zone: 'k1te.chat', apiToken });
  });

describe('CustomDomain', () => {
  it('is the address that callers get', () => {
    expect(route53().url).toBe('https://api.k1te.chat/dev');
  });

  it('has one certificate for both names, used once it is valid', () => {
    const { stack } = route53();
    expect(stack.the('aws_acm_certificate')).toMatchObject({
      domain_name: 'ws.k1te.chat',
      subject_alternative_names: ['api.k1te.chat'],
      validation_method: 'DNS',
      lifecycle: { create_before_destroy: true },
    });
    expect(stack.the('aws_apigatewayv2_domain_name')).toMatchObject({
      domain_name_configuration: {
        certificate_arn: `\${${stack.address('aws_acm_certificate_validation')}.certificate_arn}`,
        endpoint_type: 'REGIONAL',
        security_policy: 'TLS_1_2',
      },
    });
  });

  it('maps <domain>/<stage> to the stage, after its name exists', () => {
    const { stack } = route53();
    expect(stack.the('aws_apigatewayv2_api_mapping')).toMatchObject({
      api_mapping_key: `\${${stack.address('aws_apigatewayv2_stage')}.name}`,
      depends_on: [expect.stringMatching(/^aws_route53_record\.domain_record/) as string],
    });
  });
});

describe('after a change of the domain', () => {
  it.each([
    ['Route 53', route53, 'aws_route53_record'],
    ['Cloudflare', cloudflare, 'cloudflare_dns_record'],
  ])('the old name (%s) works until Telegram has taken the new one', (_who, made, record) => {
    const { stack } = made();
    const first = { lifecycle: { create_before_destroy: true } };
    expect(stack.the('aws_apigatewayv2_domain_name')).toMatchObject(first);
    expect(stack.the('aws_apigatewayv2_api_mapping')).toMatchObject(first);
    expect(stack.all(record).find(({ name }) => name === 'api.k1te.chat')).toMatchObject(first);
  });
});

describe('Route53Dns', () => {
  it('creates a validation record for each name and an alias to API Gateway', () => {
    const records = route53().stack.all('aws_route53_record');
    expect(records).toHaveLength(3);
    expect(records).toContainEqual(
      expect.objectContaining({
        name: expect.stringMatching(
          /^\$\{trimsuffix\(one\(\[for o in aws_acm_certificate\..+ if o\.domain_name == "ws\.k1te\.chat"\]\), "\."\)\}$/,
        ) as string,
        allow_overwrite: true,
      }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        name: 'api.k1te.chat',
        type: 'A',
        alias: expect.objectContaining({ evaluate_target_health: false }) as object,
      }),
    );
  });
});

describe('CloudflareDns', () => {
  it('makes the same records there, not proxied and without ACM’s final dot', () => {
    const { stack } = cloudflare();
    const records = stack.all('cloudflare_dns_record');
    expect(records).toHaveLength(3);
    expect(new Set(records.map((record) => record['proxied']))).toEqual(new Set([false]));
    expect(records).toContainEqual(expect.objectContaining({ name: 'api.k1te.chat', type: 'CNAME' }));
    expect(records).toContainEqual(
      expect.objectContaining({ content: expect.stringMatching(/^\$\{trimsuffix\(.+, "\."\)\}$/) as string }),
    );
  });

  it('replaces the record when the name changes: Cloudflare’s provider would rename it, and the old name would be gone first', () => {
    const { stack } = cloudflare();
    expect(stack.all('cloudflare_dns_record').find(({ name }) => name === 'api.k1te.chat')).toMatchObject({
      lifecycle: { replace_triggered_by: [`${stack.address('aws_apigatewayv2_domain_name')}.domain_name`] },
    });
  });

  it('takes the token from a sensitive variable', () => {
    expect(cloudflare().stack.json.provider?.['cloudflare']).toEqual([{ api_token: '${var.CLOUDFLARE_API_TOKEN}' }]);
  });
});
