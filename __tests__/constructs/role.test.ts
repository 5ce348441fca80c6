import { Role } from '../../constructs/role';
import { Synthesized } from './synthesized';

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

  it('can be taken on by the service for one account only', () => {
    const stack = Synthesized.stackWith((scope) => {
      new Role(scope, 'role', { ...props, onBehalfOf: '123456789012' });
    });
    expect(JSON.parse(String(stack.the('aws_iam_role')['assume_role_policy'])).Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'codebuild.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
      },
    ]);
  });
});
