import { Role } from '../../constructs/core/role';
import { statements, Synthesized } from './synthesized';

/** Known when Terraform plans. */
const ACCOUNT = '${data.aws_caller_identity.aws_identity_6BE966F6.account_id}';
const props = { roleName: 'kite-test', description: 'test', service: 'codebuild.amazonaws.com' };

describe('Role', () => {
  it('makes a policy of its own for each grant', () => {
    const stack = Synthesized.stackWith((scope) => {
      const role = new Role(scope, 'role', props);
      role.allow('first', { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::a/*'] });
      role.allow('second', { actions: ['s3:PutObject'], resources: ['arn:aws:s3:::b/*'] });
    });
    expect(stack.the('aws_iam_role')).not.toHaveProperty('inline_policy');
    expect(stack.grant('first')).toEqual([
      { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::a/*'] },
    ]);
    expect(stack.grant('second')).toEqual([
      { Effect: 'Allow', Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::b/*'] },
    ]);
  });

  it('refuses a wildcard in an action, and says where', () => {
    expect(() =>
      Synthesized.stackWith((scope) => {
        new Role(scope, 'role', props).allow('everything', { actions: ['s3:*'], resources: ['*'] });
      }),
    ).toThrow('test/role: "s3:*" is a wildcard; name the actions that everything needs.');
  });

  it.each([
    ['codebuild.amazonaws.com', { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
    ['scheduler.amazonaws.com', { StringEquals: { 'aws:SourceAccount': ACCOUNT } }],
    ['firehose.amazonaws.com', { StringEquals: { 'sts:ExternalId': ACCOUNT } }],
    ['logs.amazonaws.com', { StringLike: { 'aws:SourceArn': `arn:aws:logs:eu-north-1:${ACCOUNT}:*` } }],
  ])('can be assumed by %s for one account only, which that service names in its own way', (service, condition) => {
    const stack = Synthesized.stackWith((scope, account) => {
      new Role(scope, 'role', { ...props, service, onBehalfOf: account });
    });
    expect(statements(stack.the('aws_iam_role')['assume_role_policy'])).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service }, Condition: condition },
    ]);
  });
});
