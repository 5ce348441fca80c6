import { block, text } from '../attributes';
import { Rule } from '../rule';
import { names } from '../synthesized-stack';

export const BUILD_RULES = [
  {
    name: 'build-logged',
    reason: 'A failed build is understood from its log, and logs must expire',
    source: 'FSBP CodeBuild.4',
    remedy: 'create it with BuildProject (constructs/pipeline/build-project.ts).',
    of: ['aws_codebuild_project'],
    problem: ({ attributes }, stack) => {
      const logs = block(block(attributes, 'logs_config'), 'cloudwatch_logs');
      const group = stack.all('aws_cloudwatch_log_group').find((candidate) => names(logs['group_name'], candidate));
      return logs['status'] === 'ENABLED' && group ? undefined : 'it does not write to a log group of this stack';
    },
  },
  {
    name: 'build-not-privileged',
    reason: 'A privileged build is root on the machine that runs it, and so is the code of a pushed commit',
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
    remedy: 'authenticate CodeBuild with a connection or a token (CODE_CREDENTIAL in .env).',
    of: ['aws_codebuild_project'],
    problem: ({ attributes }) =>
      /^https?:\/\/[^/]*@/.test(text(block(attributes, 'source')['location']))
        ? 'the address of its repository holds credentials'
        : undefined,
  },
] as const satisfies readonly Rule[];
