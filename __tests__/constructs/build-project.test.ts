import { TerraformVariable } from 'cdktf';
import { BuildProject, BuildProjectProps } from '../../constructs/pipeline/build-project';
import { BuildSchedule } from '../../constructs/pipeline/build-schedule';
import { BuildSource, SourceCredential } from '../../constructs/pipeline/build-source';
import { grantCodeDeployment } from '../../constructs/pipeline/code-deployment';
import { FailedBuildMail } from '../../constructs/pipeline/failed-build-mail';
import { NotificationTopic } from '../../constructs/monitoring/notification-topic';
import { Schedule } from '../../constructs/core/schedule';
import { statements, Synthesized } from './synthesized';

const CONNECTION = 'arn:aws:codeconnections:eu-north-1:123456789012:connection/abc';

function project(props: Partial<BuildProjectProps> = {}, credential?: 'connection' | 'token'): Synthesized {
  return Synthesized.stackWith((scope, account) => {
    const token = new TerraformVariable(scope, 'GITHUB_TOKEN', { type: 'string', sensitive: true });
    const credentials: Record<string, SourceCredential> = {
      connection: { kind: 'connection', arn: CONNECTION },
      token: { kind: 'token', token },
    };
    const source = new BuildSource(scope, 'source', {
      repositoryUrl: 'https://github.com/you/kite',
      credential: credential && credentials[credential],
    });
    const made = new BuildProject(scope, 'project', {
      account,
      projectName: 'build-and-deploy-project',
      rolePrefix: 'kite',
      description: 'test',
      source,
      buildspec: 'buildspecs/build-and-deploy.yml',
      environment: { STAGE: 'dev' },
      ...props,
    });
    grantCodeDeployment(made, { account, functionNames: ['dev-request-dispatcher'] });
    const topic = new NotificationTopic(scope, 'topic', { topicName: 'kite', account, email: 'ops@example.com' });
    new FailedBuildMail(scope, 'mail', { ruleName: 'kite-failed-builds', projects: [made], topic });
    new BuildSchedule(scope, 'schedule', {
      account,
      scheduleName: 'kite-drift-check',
      project: made,
      schedule: Schedule.workdaysAtNoon,
      timeZone: 'Europe/Kyiv',
    });
  });
}

describe('BuildProject', () => {
  it('runs a buildspec of the repository with its own role and log', () => {
    const stack = project();
    const made = stack.the('aws_codebuild_project');
    expect(made).toMatchObject({
      name: 'build-and-deploy-project',
      source: { type: 'GITHUB', location: 'https://github.com/you/kite', buildspec: 'buildspecs/build-and-deploy.yml' },
      logs_config: { cloudwatch_logs: { status: 'ENABLED' } },
    });
    expect(stack.the('aws_cloudwatch_log_group')).toMatchObject({ name: '/aws/codebuild/build-and-deploy-project' });
    expect(made['source']).not.toHaveProperty('auth');
  });

  it('builds a push during a build as well: CodeBuild drops what is over a limit', () => {
    expect(project().the('aws_codebuild_project')).not.toHaveProperty('concurrent_build_limit');
  });

  it('shows the result of its last build publicly only if told to', () => {
    expect(project({ badge: true }).the('aws_codebuild_project')['badge_enabled']).toBe(true);
    expect(project().the('aws_codebuild_project')['badge_enabled']).toBe(false);
  });

  it('starts on a push to the given reference, and not on a pull request', () => {
    expect(project({ startsOn: '^refs/heads/main$' }).the('aws_codebuild_webhook')).toMatchObject({
      build_type: 'BUILD',
      filter_group: [
        {
          filter: [
            { type: 'EVENT', pattern: 'PUSH' },
            { type: 'HEAD_REF', pattern: '^refs/heads/main$' },
          ],
        },
      ],
    });
    expect(project().all('aws_codebuild_webhook')).toEqual([]);
  });

  it('reads the repository through a connection, if there is one', () => {
    const stack = project({}, 'connection');
    expect(stack.the('aws_codebuild_project')['source']).toMatchObject({
      auth: { type: 'CODECONNECTIONS', resource: CONNECTION },
    });
    expect(stack.grant('use-connection')).toEqual([
      {
        Effect: 'Allow',
        Action: ['codeconnections:GetConnection', 'codeconnections:GetConnectionToken'],
        Resource: [CONNECTION],
      },
    ]);
  });

  it('is created after its role may use the connection and write its log: CodeBuild tries the connection at once', () => {
    const stack = project({}, 'connection');
    expect(stack.the('aws_codebuild_project')['depends_on']).toEqual(
      ['write-logs', 'use-connection'].map(
        (grant) => expect.stringMatching(new RegExp(`^aws_iam_role_policy\\..*_${grant}_`)) as string,
      ),
    );
  });

  it('imports a token as a sensitive variable', () => {
    const stack = project({}, 'token');
    expect(stack.the('aws_codebuild_source_credential')).toMatchObject({
      server_type: 'GITHUB',
      auth_type: 'PERSONAL_ACCESS_TOKEN',
      token: '${var.GITHUB_TOKEN}',
    });
    expect(stack.the('aws_codebuild_project')['depends_on']).toContain(
      stack.address('aws_codebuild_source_credential'),
    );
  });

  it('may deploy code to its functions, and never delete one', () => {
    const [settings, versions] = project().grant('deploy-code');
    expect(settings?.Action).not.toContain('lambda:UpdateFunctionConfiguration');
    expect(versions?.Action).toEqual(['lambda:DeleteFunction', 'lambda:InvokeFunction']);
    expect(versions?.Resource).toEqual([expect.stringMatching(/:function:dev-request-dispatcher:\*$/)]);
  });
});

describe('BuildSchedule', () => {
  it('starts its project on workdays at noon where the owner lives, and nothing else', () => {
    const stack = project();
    expect(stack.the('aws_scheduler_schedule')).toMatchObject({
      state: 'ENABLED',
      schedule_expression: 'cron(0 12 ? * MON-FRI *)',
      schedule_expression_timezone: 'Europe/Kyiv',
      flexible_time_window: { mode: 'OFF' },
    });
    expect(stack.grant('start-build')).toEqual([
      {
        Effect: 'Allow',
        Action: ['codebuild:StartBuild'],
        Resource: [`\${${stack.address('aws_codebuild_project')}.arn}`],
      },
    ]);
  });
});

describe('FailedBuildMail', () => {
  const stack = project();

  it('mails failed builds of these projects', () => {
    const rule = stack.the('aws_cloudwatch_event_rule');
    expect(rule['state']).toBe('ENABLED');
    expect(JSON.parse(String(rule['event_pattern']))).toEqual({
      source: ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      detail: {
        'build-status': ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'],
        'project-name': ['build-and-deploy-project'],
      },
    });
    expect(stack.the('aws_cloudwatch_event_target')).toMatchObject({
      arn: `\${${stack.address('aws_sns_topic')}.arn}`,
      input_transformer: { input_template: '"The build <project> has ended: <status>. Its log: <log>"' },
    });
    expect(stack.the('aws_sns_topic_subscription')).toMatchObject({ protocol: 'email', endpoint: 'ops@example.com' });
  });

  it('takes mails from rules and alarms of this account only', () => {
    const allowed = statements(stack.the('aws_sns_topic_policy')['policy']).filter(({ Effect }) => Effect === 'Allow');
    expect(allowed.map(({ Principal }) => Principal)).toContainEqual({ Service: 'events.amazonaws.com' });
    for (const statement of allowed) {
      expect(statement.Action).toBe('sns:Publish');
      expect(JSON.stringify(statement.Condition)).toMatch(/aws_caller_identity/);
    }
  });
});
