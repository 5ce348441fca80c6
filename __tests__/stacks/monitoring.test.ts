import { type Attributes, statements } from '../constructs/synthesized';
import { stacks } from './main-stacks';

const { build, kite } = stacks();
const alarm = (name: string): Attributes => {
  const found = kite.all('aws_cloudwatch_metric_alarm').find((one) => one['alarm_name'] === name);
  if (!found) throw new Error(`There is no alarm ${name}.`);
  return found;
};

describe('alarms', () => {
  const all = kite.all('aws_cloudwatch_metric_alarm');

  it('are the same for each stage', () => {
    const of = (stage: string) =>
      all.flatMap(({ alarm_name: name }) => String(name).split(`kite-${stage}-`)[1] ?? []).sort();
    expect(of('dev')).toEqual(of('prod'));
    expect(of('prod')).toEqual([
      'delivery-delay',
      'http-5xx',
      'lifecycle-handler-errors',
      'lifecycle-handler-throttles',
      'logged-errors',
      'request-dispatcher-errors',
      'request-dispatcher-throttles',
      'table-errors-Channels',
      'table-errors-Connections',
      'table-errors-Members',
      'table-errors-Messages',
      'table-throttles-Channels',
      'table-throttles-Connections',
      'table-throttles-Members',
      'table-throttles-Messages',
      'undelivered-messages',
      'webhook-backlog',
      'webhook-failing',
      'webhook-lost',
      'websocket-errors',
    ]);
  });

  it('mail when they go off and when it is over', () => {
    for (const { alarm_actions: on, ok_actions: off, actions_enabled: enabled } of all) {
      expect(enabled).toBe(true);
      expect(on).toEqual(off);
      expect(on).toHaveLength(1);
    }
  });

  it('treat missing data as good, except the one that waits for a report: it mails missing data, but not before the first report', () => {
    const waiting = all.filter(({ treat_missing_data: silence }) => silence !== 'notBreaching');
    expect(waiting.map(({ alarm_name: name }) => name).sort()).toEqual([
      'kite-dev-webhook-lost',
      'kite-prod-webhook-lost',
    ]);
    const lost = alarm('kite-prod-webhook-lost');
    expect(lost).toMatchObject({
      // An alarm begins without data. "breaching" would make it go off as soon as it is made.
      treat_missing_data: 'missing',
      insufficient_data_actions: lost['alarm_actions'],
      comparison_operator: 'LessThanThreshold',
      threshold: 1,
      statistic: 'Minimum',
      // Longer than it takes from one check to the next.
      period: 1800,
    });
    for (const one of all) if (!waiting.includes(one)) expect(one).not.toHaveProperty('insufficient_data_actions');
  });

  it('watch the alias of the function, which receives all traffic', () => {
    expect(alarm('kite-dev-request-dispatcher-errors')).toMatchObject({
      namespace: 'AWS/Lambda',
      metric_name: 'Errors',
      dimensions: { FunctionName: 'dev-request-dispatcher', Resource: 'dev-request-dispatcher:live' },
      threshold: 0,
    });
  });

  it.each(['Channels', 'Members', 'Connections', 'Messages'])(
    'name the table %s in the mail when DynamoDB refuses requests to it, by a query that CloudWatch accepts',
    (table) => {
      const throttles = alarm(`kite-prod-table-throttles-${table}`);
      expect(throttles['alarm_description']).toContain(`the table prod.${table}`);
      expect(throttles['metric_query']).toEqual([
        {
          id: 'found',
          expression: `SELECT SUM(ThrottledRequests) FROM SCHEMA("AWS/DynamoDB", Operation, TableName) WHERE TableName = 'prod.${table}'`,
          label: 'Found',
          period: 300,
          return_data: true,
        },
      ]);
    },
  );

  it('count failures of the WebSocket API, and not the handshakes that the function refuses', () => {
    expect(alarm('kite-dev-websocket-errors')).toMatchObject({
      namespace: 'AWS/ApiGateway',
      metric_name: 'ExecutionError',
      dimensions: { Stage: 'dev' },
      statistic: 'Sum',
      threshold: 2,
    });
    expect(JSON.stringify(all)).not.toContain('IntegrationError');
  });

  it('count the errors that the function has caught', () => {
    const [filter] = kite.all('aws_cloudwatch_log_metric_filter');
    expect(filter).toMatchObject({
      pattern: '{ $.level = "ERROR" }',
      metric_transformation: { namespace: 'Kite/dev', name: 'LoggedErrors', value: '1' },
    });
    expect(alarm('kite-dev-logged-errors')).toMatchObject({ namespace: 'Kite/dev', metric_name: 'LoggedErrors' });
  });
});

describe('the check of the webhook', () => {
  const schedule = kite.all('aws_scheduler_schedule').find(({ name }) => name === 'kite-prod-webhook-check');

  it('runs every quarter of an hour through the alias, for the address of this stage', () => {
    expect(schedule).toMatchObject({
      schedule_expression: 'rate(15 minutes)',
      state: 'ENABLED',
      target: { arn: expect.stringMatching(/aws_lambda_alias\.prod_lifecycle-handler/) as string },
    });
    const { input } = schedule?.['target'] as { input: string };
    expect(JSON.parse(input)).toEqual({ check: 'webhook', webhookUrl: expect.stringMatching(/\/prod\/tg$/) as string });
  });

  it('may invoke that function and do nothing else', () => {
    const [policy, ...others] = kite
      .all('aws_iam_role_policy')
      .filter(({ role }) => String(role).includes('prod_webhook-check'));
    expect(others).toEqual([]);
    expect(statements(policy?.['policy'])).toEqual([
      {
        Effect: 'Allow',
        Action: ['lambda:InvokeFunction'],
        Resource: [expect.stringMatching(/aws_lambda_alias\.prod_lifecycle-handler_alias_\w+\.arn/) as string],
      },
    ]);
  });
});

describe('the topic', () => {
  it('takes mails from rules, alarms and budgets of this account only', () => {
    const policy = statements(build.the('aws_sns_topic_policy')['policy']).filter(({ Effect }) => Effect === 'Allow');
    expect(policy.map(({ Principal }) => (Principal as { Service: string }).Service)).toEqual([
      'events.amazonaws.com',
      'cloudwatch.amazonaws.com',
      'budgets.amazonaws.com',
    ]);
    for (const { Condition } of policy) {
      expect(Condition?.['ArnLike']?.['aws:SourceArn']).toMatch(
        /^arn:aws:\w+:(eu-north-1)?:\$\{data\.aws_caller_identity\.[\w-]+\.account_id\}:/,
      );
    }
  });
});

describe('the budget', () => {
  const of = (usd?: number) =>
    stacks(usd === undefined ? {} : { build: { monthlyBudgetUsd: usd } }).build.all('aws_budgets_budget');

  it('is 20 US dollars a month by default', () => {
    expect(of()).toMatchObject([
      { limit_amount: '20.0', limit_unit: 'USD', time_unit: 'MONTHLY', budget_type: 'COST' },
    ]);
    expect(of(50)).toMatchObject([{ limit_amount: '50.0' }]);
    expect(of(0)).toEqual([]);
  });

  it('mails at 80 % and 100 % of the budget, and when the forecast exceeds it', () => {
    const notifications = of()[0]?.['notification'] as Attributes[];
    expect(notifications.map((one) => [one['notification_type'], one['threshold']])).toEqual([
      ['ACTUAL', 80],
      ['ACTUAL', 100],
      ['FORECASTED', 100],
    ]);
  });
});

describe('tags', () => {
  const tagged = stacks({ owner: 'support team' });

  it('name the owner on every resource', () => {
    for (const stack of [tagged.build, tagged.kite]) {
      expect(stack.json.provider?.['aws']?.[0]).toMatchObject({
        default_tags: [{ tags: { Project: 'kite', Owner: 'support team' } }],
      });
    }
    expect(kite.json.provider?.['aws']?.[0]?.['default_tags']).toEqual([
      { tags: { Project: 'kite', Stack: 'kite-stack' } },
    ]);
  });

  it('name the stage on what belongs to one, and on no other resource', () => {
    const stageOf = (type: string) =>
      Object.entries(kite.json.resource?.[type] ?? {}).map(([id, { tags }]) => [
        /^(dev|prod)_/.exec(id)?.[1],
        (tags as Record<string, string> | undefined)?.['Stage'],
      ]);
    const types = ['aws_dynamodb_table', 'aws_lambda_function', 'aws_s3_bucket', 'aws_sqs_queue', 'aws_iam_role'];
    for (const type of [...types, 'aws_cloudwatch_metric_alarm', 'aws_apigatewayv2_stage', 'aws_apigatewayv2_api']) {
      expect(stageOf(type).length).toBeGreaterThan(0);
      for (const [stage, tag] of stageOf(type)) expect(tag).toBe(stage);
    }
  });
});

describe('traces', () => {
  it('are sent by both functions if enabled, with the permission', () => {
    const traced = stacks({ kite: { tracing: true }, prodStage: false }).kite;
    const modes = traced.all('aws_lambda_function').map(({ tracing_config: config }) => config);
    expect(modes).toEqual([{ mode: 'Active' }, { mode: 'Active' }]);
    const grants = traced.grants().filter(({ policy }) => policy === 'write-traces');
    expect(grants.map(({ statement }) => statement.Action)).toEqual([
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
    ]);
    expect(kite.grants().filter(({ policy }) => policy === 'write-traces')).toEqual([]);
  });
});

describe('the archive of the logs', () => {
  const archived = stacks({ kite: { logArchive: true } }).kite;
  const stream = archived.all('aws_kinesis_firehose_delivery_stream').find(({ name }) => name === 'kite-prod-logs');
  const s3 = stream?.['extended_s3_configuration'] as Record<string, unknown>;

  it('is not there unless asked for', () => {
    for (const type of ['aws_kinesis_firehose_delivery_stream', 'aws_glue_catalog_table', 'aws_athena_workgroup']) {
      expect(kite.all(type)).toEqual([]);
      expect(archived.all(type)).toHaveLength(2);
    }
  });

  it('gets the lines of both functions, and not those of Lambda', () => {
    const filters = archived.all('aws_cloudwatch_log_subscription_filter');
    expect(filters).toHaveLength(4);
    for (const { filter_pattern: pattern } of filters) expect(pattern).toBe('{ $.level = "*" }');
  });

  it('stores them where the table expects them, day by day', () => {
    expect(s3).toMatchObject({ prefix: 'lines/!{timestamp:yyyy/MM/dd}/', compression_format: 'GZIP' });
    const table = archived.all('aws_glue_catalog_table')[1];
    const bucket = (table?.['storage_descriptor'] as { location: string }).location;
    expect(bucket).toMatch(/^s3:\/\/\$\{aws_s3_bucket\.prod_log-archive_files_bucket_\w+\.bucket\}\/lines\/$/);
    expect(table?.['parameters']).toMatchObject({
      'projection.enabled': 'true',
      'projection.day.format': 'yyyy/MM/dd',
      // Terraform writes $${ for Athena's own ${.
      'storage.location.template': `${bucket}$\${day}/`,
    });
  });

  it('unpacks what CloudWatch sends, so that a line in S3 is a line of the log', () => {
    const { processors } = s3['processing_configuration'] as { processors: { type: string }[] };
    expect(processors.map(({ type }) => type)).toEqual([
      'Decompression',
      'CloudWatchLogProcessing',
      'AppendDelimiterToRecord',
    ]);
  });

  it('is private, encrypted, TLS only, and expires lines after 400 days', () => {
    const of = (type: string) =>
      Object.entries(archived.json.resource?.[type] ?? {}).find(([id]) => id.startsWith('prod_log-archive_files'))?.[1];
    expect(of('aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_policy: true,
      restrict_public_buckets: true,
    });
    expect(JSON.stringify(of('aws_s3_bucket_server_side_encryption_configuration'))).toContain('AES256');
    expect(String(of('aws_s3_bucket_policy')?.['policy'])).toContain('aws:SecureTransport');
    const rules = of('aws_s3_bucket_lifecycle_configuration')?.['rule'] as { filter: unknown; expiration: unknown }[];
    expect(rules.map(({ filter, expiration }) => [filter, expiration])).toEqual([
      [[{ prefix: 'lines/' }], [{ days: 400 }]],
      [[{ prefix: 'failed/' }], [{ days: 30 }]],
      [[{ prefix: 'athena-results/' }], [{ days: 7 }]],
    ]);
    expect(of('aws_s3_bucket')).toMatchObject({ lifecycle: { prevent_destroy: true } });
  });

  it('stops a query that reads too much, and encrypts its results', () => {
    expect(archived.all('aws_athena_workgroup')[0]).toMatchObject({
      configuration: {
        enforce_workgroup_configuration: true,
        bytes_scanned_cutoff_per_query: 10 * 1024 ** 3,
        result_configuration: { encryption_configuration: { encryption_option: 'SSE_S3' } },
      },
    });
  });
});

describe('the dashboard', () => {
  const dashboards = kite.all('aws_cloudwatch_dashboard');
  const body = JSON.parse(String(dashboards[1]?.['dashboard_body'])) as {
    widgets: { type: string; x: number; y: number; width: number; height: number; properties: Attributes }[];
  };

  it('is there for each stage', () => {
    expect(dashboards.map(({ dashboard_name: name }) => name)).toEqual(['kite-dev', 'kite-prod']);
  });

  it('shows all alarms of its stage', () => {
    const shown = body.widgets.find(({ type }) => type === 'alarm')?.properties['alarms'] as string[];
    const prod = kite
      .all('aws_cloudwatch_metric_alarm')
      .flatMap(({ alarm_name: name }) => (String(name).startsWith('kite-prod-') ? [String(name)] : []));
    expect(shown.map((arn) => arn.split(':alarm:')[1]).sort()).toEqual(prod.sort());
  });

  it('places its widgets within the 24 columns, without overlap', () => {
    const cells = body.widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(24);
      return Array.from({ length: width * height }, (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('names each series with its dimensions in pairs, and none of the other stage', () => {
    const series = body.widgets.flatMap(({ properties }) => (properties['metrics'] ?? []) as unknown[][]);
    expect(series.length).toBeGreaterThan(30);
    for (const one of series) {
      // Namespace and name, pairs, and what it is called.
      expect(one.length % 2).toBe(1);
      expect(one.at(-1)).toMatchObject({ label: expect.any(String) as string, stat: expect.any(String) as string });
    }
    expect(JSON.stringify(series)).not.toMatch(/["/]dev[-."/]/);
  });
});

describe('log groups', () => {
  it('all expire their lines', () => {
    const archived = stacks({ kite: { logArchive: true } });
    const groups = [archived.build, archived.kite].flatMap((stack) => stack.all('aws_cloudwatch_log_group'));
    expect(groups.length).toBeGreaterThan(8);
    expect(groups.filter(({ retention_in_days: days }) => days !== 30)).toEqual([]);
  });
});
