import { empty } from '../../../../emulators/aws/protocol/aws-reply';
import { ApiGateway } from '../../../../emulators/aws/api-gateway/moto-api-gateway';
import { jsonBody } from '../../../../emulators/aws/protocol/aws-request';
import { Budgets } from '../../../../emulators/aws/budgets/moto-budgets';
import { Connections } from '../../../../emulators/aws/api-gateway/connections';
import { Identities } from '../../../../emulators/aws/account/identities';
import { Logs } from '../../../../emulators/aws/logs/moto-logs';
import { QueueWatch } from '../../../../emulators/aws/sqs/queue-watch';
import { S3 } from '../../../../emulators/aws/s3/moto-s3';
import { Sqs } from '../../../../emulators/aws/sqs/moto-sqs';
import { FakeMoto } from './fake-moto';

describe('API Gateway', () => {
  test('a changed stage reads back changed, alone and in the list', async () => {
    const moto = new FakeMoto(({ url }) =>
      url.endsWith('/stages')
        ? { items: [{ stageName: 'dev', stageVariables: { function: 'old' } }] }
        : { stageName: 'dev', stageVariables: { function: 'old' } },
    );
    const service = new ApiGateway();
    const stageVariables = { function: 'new' };
    const patched = await moto.ask(service, {
      method: 'PATCH',
      url: '/v2/apis/abc/stages/dev',
      body: { stageVariables },
    });
    expect(patched).toMatchObject({ status: 200, body: { stageName: 'dev', stageVariables } });
    expect((await moto.ask(service, { method: 'GET', url: '/v2/apis/abc/stages/dev' })).body).toMatchObject({
      stageVariables,
    });
    expect((await moto.ask(service, { method: 'GET', url: '/v2/apis/abc/stages' })).body).toMatchObject({
      items: [{ stageVariables }],
    });
  });

  test('the responses of a route can be listed until they are deleted', async () => {
    const moto = new FakeMoto(() => ({ routeResponseId: 'r1', routeResponseKey: '$default' }));
    const service = new ApiGateway();
    const url = '/v2/apis/abc/routes/r/routeresponses';
    expect((await moto.ask(service, { method: 'GET', url })).body).toEqual({ items: [] });
    await moto.ask(service, { url, body: { routeResponseKey: '$default' } });
    expect((await moto.ask(service, { method: 'GET', url })).body).toMatchObject({
      items: [{ routeResponseKey: '$default' }],
    });
    await moto.ask(service, { method: 'DELETE', url: `${url}/r1` });
    expect((await moto.ask(service, { method: 'GET', url })).body).toEqual({ items: [] });
  });

  test('a domain name is available at once and has no empty TLS settings', async () => {
    const moto = new FakeMoto(() => ({
      domainName: 'ws.k1te.chat',
      mutualTlsAuthentication: {},
      domainNameConfigurations: [{ certificateArn: 'c' }],
    }));
    const { body } = await moto.ask(new ApiGateway(), { method: 'GET', url: '/v2/domainnames/ws.k1te.chat' });
    expect(body).toMatchObject({
      domainNameConfigurations: [
        { certificateArn: 'c', domainNameStatus: 'AVAILABLE', hostedZoneId: expect.any(String) },
      ],
    });
    expect(body).not.toHaveProperty('mutualTlsAuthentication');
  });
});

describe('SQS', () => {
  const url = 'http://127.0.0.1:1/123456789012/dev-delivery.fifo';
  const call = (operation: string, body: unknown) => ({ target: `AmazonSQS.${operation}`, body });

  test('a redrive policy reads back without spaces', async () => {
    const moto = new FakeMoto(() => ({
      Attributes: { RedrivePolicy: '{"deadLetterTargetArn": "arn", "maxReceiveCount": 5}' },
    }));
    const { body } = await moto.ask(
      new Sqs(new QueueWatch()),
      call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['All'] }),
    );
    expect(body).toEqual({ Attributes: { RedrivePolicy: '{"deadLetterTargetArn":"arn","maxReceiveCount":5}' } });
  });

  test('setting another attribute keeps the queue policy', async () => {
    const moto = new FakeMoto(() => ({ Attributes: { Policy: '{"Version":"2012-10-17"}' } }));
    await moto.ask(
      new Sqs(new QueueWatch()),
      call('SetQueueAttributes', { QueueUrl: url, Attributes: { VisibilityTimeout: '60' } }),
    );
    expect(jsonBody(moto.asked.at(-1)!)).toEqual({
      QueueUrl: url,
      Attributes: { VisibilityTimeout: '60', Policy: '{"Version":"2012-10-17"}' },
    });
  });

  test('a redrive allow policy reads back, which moto does not do', async () => {
    const [sqs, moto] = [new Sqs(new QueueWatch()), new FakeMoto()];
    await moto.ask(sqs, call('SetQueueAttributes', { QueueUrl: url, Attributes: { RedriveAllowPolicy: '{"a":1}' } }));
    const { body } = await moto.ask(
      sqs,
      call('GetQueueAttributes', { QueueUrl: url, AttributeNames: ['RedriveAllowPolicy'] }),
    );
    expect(body).toEqual({ Attributes: { RedriveAllowPolicy: '{"a":1}' } });
  });

  test('a watcher of a queue is told about a message', async () => {
    const queues = new QueueWatch();
    const heard = jest.fn();
    const unwatch = queues.watch('dev-delivery.fifo', heard);
    await new FakeMoto().ask(new Sqs(queues), call('SendMessage', { QueueUrl: url, MessageBody: 'x' }));
    unwatch();
    await new FakeMoto().ask(new Sqs(queues), call('SendMessage', { QueueUrl: url, MessageBody: 'x' }));
    expect(heard).toHaveBeenCalledTimes(1);
  });
});

describe('S3', () => {
  const allow = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
  const deny = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: 'arn:aws:s3:::b/*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };

  test('a policy with a conditional denial reaches moto without it and reads back with it', async () => {
    const [s3, moto] = [new S3(new Identities()), new FakeMoto()];
    const policy = { Version: '2012-10-17', Statement: [allow, deny] };
    await moto.ask(s3, { method: 'PUT', url: '/b?policy', body: policy });
    expect(jsonBody(moto.asked[0]!)).toEqual({ ...policy, Statement: [allow] });
    expect((await moto.ask(s3, { method: 'GET', url: '/b?policy' })).body).toEqual(policy);
  });

  test('a policy of conditional denials alone does not reach moto, and is gone when deleted', async () => {
    const [s3, moto] = [new S3(new Identities()), new FakeMoto(() => empty(204))];
    expect((await moto.ask(s3, { method: 'PUT', url: '/b?policy', body: { Statement: [deny] } })).status).toBe(204);
    expect(moto.asked).toEqual([]);
    await moto.ask(s3, { method: 'DELETE', url: '/b?policy' });
    await moto.ask(s3, { method: 'GET', url: '/b?policy' });
    expect(moto.asked).toHaveLength(2);
  });
});

test('CloudWatch Logs: a metric filter replaces the one of the same name', async () => {
  const moto = new FakeMoto();
  await moto.ask(new Logs(), {
    target: 'Logs_20140328.PutMetricFilter',
    body: { logGroupName: 'g', filterName: 'f', filterPattern: 'x' },
  });
  expect(moto.asked.map(({ operation }) => operation)).toEqual(['DeleteMetricFilter', 'PutMetricFilter']);
});

test('the management API: without a gateway every connection is gone', async () => {
  const connections = new Connections();
  const call = { url: '/dev/@connections/abc', body: ['OK'] };
  expect(await new FakeMoto().ask(connections, call)).toMatchObject({ status: 410, body: { __type: 'GoneException' } });
  connections.endpoint = async (request) => ({ status: 200, headers: {}, body: request.body });
  expect(await new FakeMoto().ask(connections, call)).toMatchObject({ status: 200 });
});

describe('what watches', () => {
  const target = (operation: string) => ({ target: `Logs_20140328.${operation}` });

  test('a saved query is found by its name, can be changed, and is gone when it is deleted', async () => {
    const moto = new FakeMoto(() => ({}));
    const logs = new Logs();
    const query = { name: 'kite/dev/message', queryString: 'fields id', logGroupNames: ['/aws/lambda/f'] };
    const { queryDefinitionId } = (await moto.ask(logs, { ...target('PutQueryDefinition'), body: query })).body;
    await moto.ask(logs, {
      ...target('PutQueryDefinition'),
      body: { ...query, queryDefinitionId, queryString: 'fields handle' },
    });
    const list = async (queryDefinitionNamePrefix: string) =>
      (await moto.ask(logs, { ...target('DescribeQueryDefinitions'), body: { queryDefinitionNamePrefix } })).body;
    expect(await list('kite/dev/')).toEqual({
      queryDefinitions: [{ ...query, queryDefinitionId, queryString: 'fields handle' }],
    });
    expect(await list('kite/prod/')).toEqual({ queryDefinitions: [] });
    const gone = await moto.ask(logs, { ...target('DeleteQueryDefinition'), body: { queryDefinitionId } });
    expect(gone.body).toEqual({ success: true });
    expect(await list('')).toEqual({ queryDefinitions: [] });
  });

  test('a budget keeps its subscribers and its tags', async () => {
    const moto = new FakeMoto(() => ({}));
    const budgets = new Budgets();
    const ask = async (operation: string, body: object) =>
      (await moto.ask(budgets, { target: `AWSBudgetServiceGateway.${operation}`, body })).body;
    const notification = (NotificationType: string) => ({ NotificationType, Threshold: 100 });
    const subscriber = { SubscriptionType: 'SNS', Address: 'arn:aws:sns:eu-north-1:123456789012:kite' };
    const tags = [{ Key: 'Project', Value: 'kite' }];
    await ask('CreateBudget', { Budget: { BudgetName: 'kite-monthly' }, ResourceTags: tags });
    await ask('CreateNotification', {
      BudgetName: 'kite-monthly',
      Notification: notification('ACTUAL'),
      Subscribers: [subscriber],
    });
    const subscribersOf = (type: string) =>
      ask('DescribeSubscribersForNotification', { BudgetName: 'kite-monthly', Notification: notification(type) });
    expect(await subscribersOf('ACTUAL')).toEqual({ Subscribers: [subscriber] });
    expect(await subscribersOf('FORECASTED')).toEqual({ Subscribers: [] });
    const arn = 'arn:aws:budgets::123456789012:budget/kite-monthly';
    expect(await ask('ListTagsForResource', { ResourceARN: arn })).toEqual({ ResourceTags: tags });
  });
});
