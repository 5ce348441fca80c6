import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { runSimulation } from '@cloud-copilot/iam-simulate';

import { ACCOUNT_ID, type EmulatedAws } from '../../../emulators/aws/account';
import { isRecord } from '../../../json';
import { Queue } from './queue';
import { clientSettings } from './somebody';

const BUS = 'trial';
/** The build that the events tell of. */
export const BUILD_ID = '8745a7a9-c340-456a-9166-edf953571bee';

/** How a build ended, as CodeBuild tells EventBridge. */
export interface BuildEnd {
  readonly project: string;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'FAULT' | 'STOPPED' | 'TIMED_OUT';
}

/**
 * The rule that mails failed builds, as it is deployed. The emulated account lets nobody send events of AWS's own services, and
 * delivers none to a topic: so they go to a bus of their own, where the same pattern and the same words end in a queue.
 */
export class FailedBuildRule {
  private constructor(
    private readonly aws: EmulatedAws,
    readonly arn: string,
    /** Where its mails go. */
    readonly targetArn: string,
    private readonly queue: Queue,
  ) {}

  static async deployed(aws: EmulatedAws, name: string): Promise<FailedBuildRule> {
    const call = async (operation: string, body: unknown) =>
      await aws.call({ service: 'events', target: `AWSEvents.${operation}`, body });
    const rule = await call('DescribeRule', { Name: name });
    const { Targets } = await call('ListTargetsByRule', { Rule: name });
    const [target] = Array.isArray(Targets) ? Targets.filter(isRecord) : [];
    const queue = await Queue.create(aws, 'failed-builds');
    await call('CreateEventBus', { Name: BUS });
    await call('PutRule', { Name: name, EventBusName: BUS, EventPattern: rule.EventPattern, State: rule.State });
    const copy = { Id: 'copy', Arn: queue.arn, InputTransformer: target?.InputTransformer };
    await call('PutTargets', { Rule: name, EventBusName: BUS, Targets: [copy] });
    return new FailedBuildRule(aws, String(rule.Arn), String(target?.Arn), queue);
  }

  /** What is mailed when builds end so. */
  async mailsAbout(...ends: readonly BuildEnd[]): Promise<unknown[]> {
    const Entries = ends.map((end) => this.event(end));
    await this.aws.call({ service: 'events', target: 'AWSEvents.PutEvents', body: { Entries } });
    return (await this.queue.take()).map((body): unknown => JSON.parse(body));
  }

  /** Whether the topic takes what EventBridge sends for a rule: `Allowed`, or how it is denied. */
  async topicSays(ruleArn: string): Promise<string> {
    const { Attributes = {} } = await new SNSClient(clientSettings(this.aws)).send(
      new GetTopicAttributesCommand({ TopicArn: this.targetArn }),
    );
    const result = await runSimulation(
      {
        request: {
          principal: 'events.amazonaws.com',
          action: 'sns:Publish',
          resource: { resource: this.targetArn, accountId: ACCOUNT_ID },
          contextVariables: { 'aws:SourceArn': ruleArn, 'aws:SecureTransport': 'true' },
        },
        identityPolicies: [],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: JSON.parse(Attributes.Policy ?? '{}') as unknown,
      },
      {},
    );
    return result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
  }

  /** https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html */
  private event({ project, status }: BuildEnd) {
    const { region } = this.aws;
    const arn = `arn:aws:codebuild:${region}:${ACCOUNT_ID}:build/${project}:${BUILD_ID}`;
    const group = `/aws/codebuild/${project}`;
    const detail = {
      'build-status': status,
      'project-name': project,
      'build-id': arn,
      'additional-information': {
        'timeout-in-minutes': 20,
        'build-complete': true,
        initiator: 'GitHub-Hookshot/0000000',
        'build-start-time': 'Sep 1, 2025 4:12:29 PM',
        logs: { 'group-name': group, 'stream-name': BUILD_ID, 'deep-link': logLink(region, project) },
        phases: [{ 'phase-type': 'COMPLETED', 'start-time': 'Sep 1, 2025 4:13:42 PM' }],
      },
      'current-phase': 'COMPLETED',
      'current-phase-context': '[]',
      version: '1',
    };
    return {
      EventBusName: BUS,
      Source: 'aws.codebuild',
      DetailType: 'CodeBuild Build State Change',
      Resources: [arn],
      Detail: JSON.stringify(detail),
    };
  }
}

/** Where CodeBuild says that the log of that build is. */
export function logLink(region: string, project: string): string {
  return `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logEvent:group=/aws/codebuild/${project};stream=${BUILD_ID}`;
}
