import { TerraformStack, Testing } from 'cdktf';
import { invokeAspects } from 'cdktf/lib/synthesize/synthesizer';
import { exemptions } from '../../policy/exemption';
import { RULES } from '../../policy/rules';
import { WITHOUT_RESOURCE } from '../../policy/rules/permissions';
import { complaints, violations } from '../../policy/safety-policy';
import { SynthesizedStack } from '../../policy/synthesized-stack';
import { type Changes, MainStacks } from './main-stacks';

type Settings = Pick<Changes, 'prodStage' | 'kite'> & { asset?: boolean };

/** Every setting that changes what is made, with and without prod, under each way to have a domain. */
const SETTINGS: Readonly<Record<string, Settings>> = {
  'dev alone': {},
  'dev alone, as an asset': { asset: true },
  'prod, native': { prodStage: true },
  'prod, common': { prodStage: true, kite: { runtime: 'nodejs22.x', architecture: 'x86_64' } },
  'prod, on the old runtime': { prodStage: true, kite: { runtime: 'provided.al2' } },
  'prod under Cloudflare': { prodStage: true, kite: { domainName: 'k1te.chat' } },
  'prod under Route 53': { prodStage: true, kite: { domainName: 'k1te.chat', dns: 'route53' } },
  'prod, with all that is optional': {
    prodStage: true,
    kite: { domainName: 'k1te.chat', dns: 'route53', tracing: true, logArchive: true },
  },
  'prod, with an archive that may go': {
    prodStage: true,
    kite: { logArchive: true, disposableProd: { reason: 'thrown away after the test' } },
  },
  'prod, beside other APIs': { prodStage: true, asset: true, kite: { apiGatewayAccount: 'leave' } },
};

function newStacks({ prodStage, kite, asset = false }: Settings): TerraformStack[] {
  const { main } = new MainStacks({ prodStage, kite, build: { buildLambdaViaAsset: asset } });
  const stacks = [main.build, main.kite];
  for (const stack of stacks) invokeAspects(stack);
  return stacks;
}

const made = new Map<string, TerraformStack[]>();

/** Made once, for tests that only look at them. */
function stacksOf(settings: Settings): TerraformStack[] {
  const key = JSON.stringify(settings);
  const known = made.get(key) ?? newStacks(settings);
  made.set(key, known);
  return known;
}

const STACKS = Object.entries(SETTINGS).map(([title, settings]) => [title, stacksOf(settings)] as const);

it.each(STACKS)('%s: every rule holds', (_title, stacks) => {
  expect(stacks.flatMap((stack) => complaints(stack))).toEqual([]);
});

it('a stack is refused as soon as one resource breaks a rule', () => {
  for (const stack of newStacks({})) {
    const [block] = new SynthesizedStack(stack).all('aws_s3_bucket_public_access_block');
    block?.construct.node.scope?.node.tryRemoveChild(block.construct.node.id);
    expect(() => Testing.synth(stack, true)).toThrow(/files\/bucket \(aws_s3_bucket\) breaks bucket-not-public/);
  }
});

describe('what may break a rule', () => {
  const exempted = (settings: Settings): string[][] =>
    stacksOf(settings)
      .flatMap((stack) => exemptions(stack))
      .map(({ rule, scope, reason }) => [rule, scope.node.path, reason]);
  const LOG_ROLE = [
    'permission-written-here',
    'kite/kite-stack/api-gateway-account/push-to-logs',
    'AWS maintains this policy for exactly this purpose, and the role also serves the APIs of other projects',
  ];

  it('is, by default, the role under which API Gateway writes logs, and nothing else', () => {
    expect(exempted({ prodStage: true, kite: { domainName: 'k1te.chat', logArchive: true } })).toEqual([LOG_ROLE]);
  });

  it('is the data of prod, if the owner gave a reason', () => {
    const reason = 'thrown away after the test';
    expect(exempted({ prodStage: true, kite: { disposableProd: { reason } } })).toEqual(
      expect.arrayContaining([
        LOG_ROLE,
        ['prod-survives-destroy', 'kite/kite-stack', reason],
        ['prod-can-be-restored', 'kite/kite-stack', reason],
      ]),
    );
  });

  it('is the old runtime, if the settings name it', () => {
    expect(exempted({ kite: { runtime: 'provided.al2' } })).toContainEqual([
      'function-runtime',
      'kite/kite-stack',
      'Older configurations name it, and its build is the same',
    ]);
  });
});

describe('the rules', () => {
  /** These two have one of each type that there is. */
  const all = STACKS.filter(([title]) => /Cloudflare|all that is optional/.test(title)).flatMap(([, stacks]) =>
    stacks.map((stack) => new SynthesizedStack(stack)),
  );

  /** What there is nothing to look at in, and why. */
  const NOTHING_TO_CHECK: Readonly<Record<string, string>> = {
    aws_acm_certificate: 'its key never leaves ACM',
    aws_acm_certificate_validation: 'waits for the certificate',
    aws_api_gateway_account: 'names a role, which is looked at',
    aws_apigatewayv2_api: 'is reached through its stages',
    aws_apigatewayv2_api_mapping: 'leads a domain to a stage',
    aws_apigatewayv2_integration: 'names the function of the stage',
    aws_apigatewayv2_route: 'visitors and Telegram are authenticated by the code',
    aws_apigatewayv2_route_response: 'lets an answer through',
    aws_budgets_budget: 'counts',
    aws_cloudwatch_dashboard: 'shows metrics',
    aws_cloudwatch_event_rule: 'passes on that a build has ended',
    aws_cloudwatch_event_target: 'names the topic',
    aws_cloudwatch_log_metric_filter: 'counts lines',
    aws_cloudwatch_log_stream: 'is part of a group',
    aws_cloudwatch_log_subscription_filter: 'names a role and a stream, which are looked at',
    aws_cloudwatch_query_definition: 'is a text',
    aws_codebuild_webhook: 'GitHub signs what it sends',
    aws_glue_catalog_database: 'describes files',
    aws_glue_catalog_table: 'describes files',
    aws_lambda_alias: 'is looked at with its function',
    aws_lambda_event_source_mapping: 'names a queue and a function',
    aws_lambda_function_recursion_config: 'lets nobody in',
    aws_lambda_invocation: 'names a function',
    aws_route53_record: 'is public by nature',
    aws_s3_object: 'is private as its bucket is',
    aws_scheduler_schedule: 'names a role, which is looked at',
    aws_sns_topic_subscription: 'AWS asks the receiver',
    cloudflare_dns_record: 'is public by nature',
  };
  /** Parts of a bucket, a queue, a function: looked at with it. */
  const PARTS = /^aws_s3_bucket_/;

  it('cover every type of resource, except those that hold and open nothing', () => {
    const looked = new Set(RULES.flatMap(({ of }) => [...of]));
    const types = new Set(all.flatMap(({ resources }) => resources.map(({ type }) => type)));
    const unlooked = [...types].filter((type) => !looked.has(type as never) && !PARTS.test(type));
    // There is one only where somebody has built the functions.
    expect(new Set([...unlooked, 'aws_s3_object'])).toEqual(new Set(Object.keys(NOTHING_TO_CHECK)));
  });

  it('list no action without a resource that is never granted', () => {
    const granted = all
      .flatMap((stack) => stack.all('aws_iam_role_policy'))
      .map(({ attributes }) => String(attributes['policy']))
      .join();
    expect(Object.keys(WITHOUT_RESOURCE).filter((action) => !granted.includes(`"${action}"`))).toEqual([]);
  });

  it('name all data of prod if it is not protected', () => {
    const disposable = stacksOf({ prodStage: true, kite: { disposableProd: { reason: 'only a test' } } });
    const unprotected = disposable
      .flatMap((stack) => violations(stack))
      .map(({ rule, resource }) => `${rule.name} ${resource.path}`);
    expect(unprotected.filter((line) => line.startsWith('prod-')).sort()).toEqual([
      'prod-can-be-restored kite/kite-stack/prod/tables/channels',
      'prod-can-be-restored kite/kite-stack/prod/tables/connections',
      'prod-can-be-restored kite/kite-stack/prod/tables/members',
      'prod-can-be-restored kite/kite-stack/prod/tables/messages',
      'prod-survives-destroy kite/kite-stack/prod/files/files/bucket',
      'prod-survives-destroy kite/kite-stack/prod/tables/channels',
      'prod-survives-destroy kite/kite-stack/prod/tables/connections',
      'prod-survives-destroy kite/kite-stack/prod/tables/members',
      'prod-survives-destroy kite/kite-stack/prod/tables/messages',
    ]);
  });
});
