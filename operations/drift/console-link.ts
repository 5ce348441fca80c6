import { text } from '../../json';

type Values = Readonly<Record<string, unknown>>;
type Page = (values: Values, region: string) => string | undefined;

/**
 * Where AWS's console shows a resource; for kinds that have no page of their own, the page of what they belong to, or else
 * the console's front page.
 */
export function consoleLink(type: string, values: Values, region: string): string {
  const page = Object.entries(PAGES).find(([prefix]) => type.startsWith(prefix))?.[1](values, region);
  const [path, global] = page?.startsWith('!') ? [page.slice(1), true] : [page ?? 'console/home', false];
  const host = global ? 'us-east-1.console.aws.amazon.com' : `${region}.console.aws.amazon.com`;
  const [place = '', fragment] = path.split(/#(.*)/s);
  const query = global || place.includes('region=') ? '' : `${place.includes('?') ? '&' : '?'}region=${region}`;
  return `https://${host}/${place}${query}${fragment === undefined ? '' : `#${fragment}`}`;
}

/** Pages by the beginning of the Terraform type: the first that fits counts. A `!` marks a service without regions. */
const PAGES: Readonly<Record<string, Page>> = {
  aws_lambda_alias: (v) => `lambda/home#/functions/${part(v.function_name, -1, ':')}/aliases/${text(v.name)}`,
  aws_lambda_event_source_mapping: (v) => `lambda/home#/functions/${functionOf(v)}?tab=configure`,
  aws_lambda: (v) => `lambda/home#/functions/${functionOf(v)}`,
  aws_dynamodb: (v) => `dynamodbv2/home#table?name=${text(v.name)}`,
  aws_s3: (v) => `s3/buckets/${text(v.bucket)}`,
  aws_cloudwatch_log: (v) =>
    `cloudwatch/home#logsV2:log-groups/log-group/${encodeURIComponent(text(v.log_group_name) || text(v.name)).replaceAll('%', '$25')}`,
  aws_cloudwatch_metric_alarm: (v) => `cloudwatch/home#alarmsV2:alarm/${text(v.alarm_name)}`,
  aws_cloudwatch_event_target: (v) => `events/home#/eventbus/default/rules/${text(v.rule)}`,
  aws_cloudwatch_event_rule: (v) => `events/home#/eventbus/default/rules/${text(v.name)}`,
  aws_iam_role_policy: (v) => `!iam/home#/roles/details/${text(v.role)}`,
  aws_iam_role: (v) => `!iam/home#/roles/details/${text(v.name) || text(v.role)}`,
  aws_apigatewayv2_domain_name: (v) => `apigateway/main/publish/domain-names?domain=${text(v.domain_name)}`,
  aws_apigatewayv2_api_mapping: (v) => `apigateway/main/publish/domain-names?domain=${text(v.domain_name)}`,
  aws_apigatewayv2_api: (v) => `apigateway/main/api-detail?api=${text(v.id) || text(v.api_id)}`,
  aws_apigatewayv2: (v) => `apigateway/main/api-detail?api=${text(v.api_id)}`,
  aws_api_gateway_account: () => 'apigateway/main/settings',
  aws_sns: (v) => `sns/v3/home#/topic/${text(v.topic_arn) || text(v.arn)}`,
  aws_sqs: (v) => `sqs/v3/home#/queues/${encodeURIComponent(text(v.url) || text(v.queue_url))}`,
  aws_scheduler: (v) => `scheduler/home#schedules/${text(v.group_name) || 'default'}/${text(v.name)}`,
  aws_codebuild_source_credential: () => 'codesuite/settings/connections',
  aws_codebuild: (v) => `codesuite/codebuild/projects/${text(v.name) || text(v.project_name)}`,
  aws_ssm_parameter: (v) => `systems-manager/parameters/${text(v.name).replace(/^\//, '')}/description`,
  aws_acm: (v) => `acm/home#/certificates/${part(v.arn || v.certificate_arn, -1, '/')}`,
  aws_route53: (v) => `!route53/v2/hostedzones#ListRecordSets/${text(v.zone_id)}`,
};

function part(value: unknown, index: number, separator: string): string {
  return text(value).split(separator).at(index) ?? '';
}

/** A function may be named by its ARN, with or without alias. */
function functionOf(values: Values): string {
  const name = text(values.function_name) || text(values.function_arn);
  return name.startsWith('arn:') ? (name.split(':')[6] ?? '') : name;
}
