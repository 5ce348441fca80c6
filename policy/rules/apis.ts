import { block, text } from '../attributes';
import { Rule } from '../rule';

export const API_RULES = [
  {
    name: 'api-stage-access-log',
    reason: 'Without a log nobody can tell which requests were refused, and why',
    source: 'FSBP APIGateway.9',
    remedy: 'create it with apiStage (constructs/api/api-stage.ts).',
    of: ['aws_apigatewayv2_stage'],
    problem: ({ attributes }) =>
      text(block(attributes, 'access_log_settings')['destination_arn']) === '' ? 'it writes no access log' : undefined,
  },
  {
    name: 'api-stage-throttled',
    reason: 'One caller in a loop would cost money and use up the limits of all APIs in the region',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html',
    remedy: 'give it a throttle (constructs/api/api-stage.ts).',
    of: ['aws_apigatewayv2_stage'],
    problem: ({ attributes }) => {
      const settings = block(attributes, 'default_route_settings');
      const limited = ['throttling_rate_limit', 'throttling_burst_limit'].every((name) => Number(settings[name]) > 0);
      return limited ? undefined : 'it takes requests without a limit of its own';
    },
  },
  {
    name: 'domain-tls-1-2',
    reason: 'Older versions of TLS are not secure',
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html',
    remedy: 'set securityPolicy to TLS_1_2.',
    of: ['aws_apigatewayv2_domain_name'],
    problem: ({ attributes }) =>
      block(attributes, 'domain_name_configuration')['security_policy'] === 'TLS_1_2'
        ? undefined
        : 'it accepts older versions of TLS',
  },
] as const satisfies readonly Rule[];
