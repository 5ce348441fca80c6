import { json } from '../../../../emulators/aws/protocol/aws-reply';
import { ownRequest, readAwsRequest, type OwnCall } from '../../../../emulators/aws/protocol/aws-request';
import { EmulatedAccount } from '../../../../emulators/aws/account/emulated-account';
import { findProgram, MOTO_SERVER } from '../../../../emulators/aws/account/program';
import { AwsProxy } from '../../../../emulators/aws/account/proxy';

const ROLE = 'arn:aws:iam::123456789012:role/dev-request-dispatcher';

function account(): { subject: EmulatedAccount; asRole: (call: Omit<OwnCall, 'region'>) => Promise<void> } {
  const subject = new EmulatedAccount(async () => json({ items: [{ apiId: 'wsapi', protocolType: 'WEBSOCKET' }] }));
  const { accessKeyId } = subject.identities.assume(ROLE);
  return {
    subject,
    asRole: async (call) => void (await subject.handle(ownRequest({ region: 'eu-north-1', accessKeyId, ...call }))),
  };
}

test('every call of a function is recorded as its role, its IAM action and its resource', async () => {
  const { subject, asRole } = account();
  await asRole({ service: 'dynamodb', target: 'DynamoDB_20120810.PutItem', body: { TableName: 'dev.Messages' } });
  await asRole({
    service: 'dynamodb',
    target: 'DynamoDB_20120810.Query',
    body: { TableName: 'dev.Messages', IndexName: 'byTime' },
  });
  await asRole({
    service: 'ssm',
    target: 'AmazonSSM.GetParameter',
    body: { Name: '/kite/dev/telegram-bot-token:1', WithDecryption: true },
  });
  await asRole({
    service: 'sqs',
    target: 'AmazonSQS.SendMessage',
    body: { QueueUrl: 'http://127.0.0.1:1/123456789012/dev-delivery.fifo' },
  });
  await asRole({
    service: 'dynamodb',
    target: 'DynamoDB_20120810.BatchGetItem',
    body: { RequestItems: { 'dev.Channels': {}, 'dev.Members': {} } },
  });
  await asRole({
    service: 'sqs',
    target: 'AmazonSQS.DeleteMessageBatch',
    body: { QueueUrl: 'http://127.0.0.1:1/123456789012/dev-delivery.fifo' },
  });
  await asRole({ service: 's3', method: 'PUT', url: '/dev-files/a/b%20c.png' });
  await asRole({ service: 's3', method: 'GET', url: '/dev-files/a?versionId=1' });
  await asRole({ service: 'execute-api', url: '/dev/@connections/abc=', body: ['OK'] });
  await asRole({ service: 'lambda', url: '/2015-03-31/functions/f/invocations?Qualifier=live', body: {} });
  expect(subject.calls.find().map(({ caller, action, resource }) => [caller === ROLE, action, resource])).toEqual([
    [true, 'dynamodb:PutItem', 'arn:aws:dynamodb:eu-north-1:123456789012:table/dev.Messages'],
    [true, 'dynamodb:Query', 'arn:aws:dynamodb:eu-north-1:123456789012:table/dev.Messages/index/byTime'],
    [true, 'ssm:GetParameter', 'arn:aws:ssm:eu-north-1:123456789012:parameter/kite/dev/telegram-bot-token'],
    [true, 'sqs:SendMessage', 'arn:aws:sqs:eu-north-1:123456789012:dev-delivery.fifo'],
    [true, 'dynamodb:BatchGetItem', 'arn:aws:dynamodb:eu-north-1:123456789012:table/dev.Channels'],
    [true, 'dynamodb:BatchGetItem', 'arn:aws:dynamodb:eu-north-1:123456789012:table/dev.Members'],
    [true, 'sqs:DeleteMessage', 'arn:aws:sqs:eu-north-1:123456789012:dev-delivery.fifo'],
    [true, 's3:PutObject', 'arn:aws:s3:::dev-files/a/b c.png'],
    [true, 's3:GetObjectVersion', 'arn:aws:s3:::dev-files/a'],
    [
      true,
      'execute-api:ManageConnections',
      'arn:aws:execute-api:eu-north-1:123456789012:wsapi/dev/POST/@connections/abc=',
    ],
    [true, 'lambda:InvokeFunction', 'arn:aws:lambda:eu-north-1:123456789012:function:f:live'],
  ]);
});

test('the log can be asked by caller and action, and for each distinct call once', async () => {
  const { subject, asRole } = account();
  for (let i = 0; i < 3; i += 1)
    await asRole({ service: 'dynamodb', target: 'DynamoDB_20120810.GetItem', body: { TableName: 'dev.Members' } });
  await subject.handle(ownRequest({ service: 'iam', region: 'us-east-1', accessKeyId: 'AKIADEPLOYER', url: '/' }));
  expect(subject.calls.find({ caller: ROLE, action: /^dynamodb:/ })).toHaveLength(3);
  expect(subject.calls.distinct().filter(({ caller }) => caller === ROLE)).toHaveLength(1);
  expect(subject.calls.find({ caller: /user\/AKIADEPLOYER$/ })).toHaveLength(1);
});

test('a presigned URL counts for the role that signed it', () => {
  const { subject } = account();
  const { accessKeyId } = subject.identities.assume(ROLE);
  const url = `/dev-files/a.png?X-Amz-Credential=${accessKeyId}%2F20260101%2Feu-north-1%2Fs3%2Faws4_request&X-Amz-Signature=0`;
  const request = readAwsRequest({ method: 'PUT', url, headers: {}, body: Buffer.alloc(0) });
  expect(request).toMatchObject({ service: 's3', region: 'eu-north-1', accessKeyId, path: '/dev-files/a.png' });
});

test('what the emulator cannot answer is an error that says so, not a broken connection', async () => {
  const subject = new EmulatedAccount(async () => Promise.reject(new Error('connect ECONNREFUSED')));
  const reply = await subject.handle(
    ownRequest({ service: 'sqs', region: 'eu-north-1', target: 'AmazonSQS.ListQueues', body: {} }),
  );
  expect(reply.status).toBe(500);
  expect(reply.body.toString()).toContain('could not answer sqs ListQueues: connect ECONNREFUSED');
});

test('a port in use is said in one sentence', async () => {
  const first = await AwsProxy.listen(0, async () => json({}));
  const port = Number(new URL(first.url).port);
  await expect(AwsProxy.listen(port, async () => json({}))).rejects.toThrow(
    `Port ${port} is in use: choose another one`,
  );
  await first.close();
});

test('a program that is not installed is said with what to install', () => {
  expect(() => findProgram(MOTO_SERVER, { PATH: '/nonexistent' })).toThrow(
    "`moto_server` is not on the PATH: install it with `pip install 'moto[server]'`, then try again.",
  );
});
