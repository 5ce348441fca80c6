import { block, text } from '../attributes';
import { Rule } from '../rule';
import { names } from '../synthesized-stack';

export const BUILD_RULES = [
  {
    name: 'build-logged',
    reason: 'A build that failed can be understood from its log, and a log must end some day',
    source: 'FSBP CodeBuild.4',
    remedy: 'make it by BuildProject (constructs/pipeline/build-project.ts), which does it.',
    of: ['aws_codebuild_project'],
    problem: ({ attributes }, stack) => {
      const logs = block(block(attributes, 'logs_config'), 'cloudwatch_logs');
      const group = stack.all('aws_cloudwatch_log_group').find((candidate) => names(logs['group_name'], candidate));
      return logs['status'] === 'ENABLED' && group ? undefined : 'it does not write to a log group of this stack';
    },
  },
  {
    name: 'build-not-privileged',
    reason: 'A privileged build is root on the machine that runs it, and so is whatever a pushed commit brings along',
    source: 'https://docs.aws.amazon.com/codebuild/latest/userguide/change-project.html',
    remedy: 'leave privilegedMode out.',
    of: ['aws_codebuild_project'],
    problem: ({ attributes }) =>
      block(attributes, 'environment')['privileged_mode'] === true ? 'its environment is privileged' : undefined,
  },
  {
    name: 'build-source-without-credentials',
    reason: 'An address that holds a password shows it to everybody who may look at the project',
    source: 'FSBP CodeBuild.1',
    remedy: 'let CodeBuild into the repository by a connection or a token (CODE_CREDENTIAL in .env).',
    of: ['aws_codebuild_project'],
    problem: ({ attributes }) =>
      /^https?:\/\/[^/]*@/.test(text(block(attributes, 'source')['location']))
        ? 'the address of its repository holds credentials'
        : undefined,
  },
] as const satisfies readonly Rule[];
