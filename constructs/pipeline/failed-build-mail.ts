import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target';
import { Construct } from 'constructs';
import { BuildProject } from './build-project';
import { NotificationTopic } from '../monitoring/notification-topic';

export interface FailedBuildMailProps {
  readonly ruleName: string;
  readonly projects: readonly BuildProject[];
  readonly topic: NotificationTopic;
}

/**
 * Mails each failed build, with a link to its log.
 *
 * @example
 * new FailedBuildMail(scope, 'failed-builds', { ruleName: 'kite-failed-builds', projects: [project], topic });
 */
export class FailedBuildMail extends Construct {
  constructor(scope: Construct, id: string, props: FailedBuildMailProps) {
    super(scope, id);
    const rule = new CloudwatchEventRule(this, 'rule', {
      name: props.ruleName,
      description: 'A build of Kite has failed',
      // Explicit, so that a disabled rule is reported as drift.
      state: 'ENABLED',
      eventPattern: JSON.stringify({
        source: ['aws.codebuild'],
        'detail-type': ['CodeBuild Build State Change'],
        detail: {
          'build-status': ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'],
          'project-name': props.projects.map((project) => project.projectName),
        },
      }),
    });
    new CloudwatchEventTarget(this, 'mail', {
      rule: rule.name,
      arn: props.topic.arn,
      inputTransformer: {
        inputPaths: {
          project: '$.detail.project-name',
          status: '$.detail.build-status',
          log: '$.detail.additional-information.logs.deep-link',
        },
        inputTemplate: '"The build <project> has ended: <status>. Its log: <log>"',
      },
    });
  }
}
