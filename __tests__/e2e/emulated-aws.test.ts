import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketVersioningCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { setTimeout as pause } from 'node:timers/promises';

import { EmulatedAws } from '../../emulators/aws/account';
import { zipOf } from '../emulators/aws/lambda/zip';

jest.setTimeout(60_000);

let aws: EmulatedAws;
let lambda: LambdaClient;
let s3: S3Client;
let sqs: SQSClient;
let role: string;

beforeAll(async () => {
  aws = await EmulatedAws.start({ environment: process.env });
  const options = {
    endpoint: aws.url,
    region: aws.region,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'x' },
  };
  [lambda, s3, sqs] = [
    new LambdaClient(options),
    new S3Client({ ...options, forcePathStyle: true }),
    new SQSClient(options),
  ];
  const trust = encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [] }));
  const answer = await aws.text({
    service: 'iam',
    form: `Action=CreateRole&Version=2010-05-08&RoleName=tester&AssumeRolePolicyDocument=${trust}`,
  });
  role = /<Arn>(.*?)<\/Arn>/.exec(answer)?.[1] ?? '';
});

afterAll(async () => {
  for (const client of [lambda, s3, sqs]) client?.destroy();
  await aws?.stop();
});

async function makeFunction(name: string, source: string, settings: { Timeout?: number } = {}): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Role: role,
      Handler: 'index.handler',
      Code: { ZipFile: zipOf({ 'index.js': source }) },
      Publish: true,
      ...settings,
    }),
  );
  await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }));
}

async function invoke(
  name: string,
  event: unknown = {},
): Promise<{ value: unknown; version: string | undefined; error: string | undefined; log: string }> {
  const answer = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)), LogType: 'Tail' }),
  );
  return {
    value: JSON.parse(Buffer.from(answer.Payload ?? []).toString()),
    version: answer.ExecutedVersion,
    error: answer.FunctionError,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
  };
}

const saying = (word: string): string => `exports.handler = async () => ${JSON.stringify(word)};`;

describe('functions, as CI deploys them', () => {
  test('a new version takes traffic when the alias moves to it, and no longer when it moves back', async () => {
    await makeFunction('greeter', saying('first'));
    expect(await invoke('greeter:live')).toMatchObject({ value: 'first', version: '1', error: undefined });

    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: 'greeter',
        ZipFile: zipOf({ 'index.js': saying('second') }),
      }),
    );
    expect(await invoke('greeter:live')).toMatchObject({ value: 'first', version: '1' });
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: 'greeter' }));
    await lambda.send(new UpdateAliasCommand({ FunctionName: 'greeter', Name: 'live', FunctionVersion: Version }));
    expect(await invoke('greeter:live')).toMatchObject({ value: 'second', version: '2' });

    await lambda.send(new UpdateAliasCommand({ FunctionName: 'greeter', Name: 'live', FunctionVersion: '1' }));
    expect(await invoke('greeter:live')).toMatchObject({ value: 'first', version: '1' });
    expect(await invoke('greeter:2')).toMatchObject({ value: 'second' });
  });

  test('an older version of the artifact in the bucket is what runs, if it is asked for', async () => {
    await s3.send(
      new CreateBucketCommand({ Bucket: 'artifacts', CreateBucketConfiguration: { LocationConstraint: 'eu-north-1' } }),
    );
    await s3.send(
      new PutBucketVersioningCommand({ Bucket: 'artifacts', VersioningConfiguration: { Status: 'Enabled' } }),
    );
    const put = async (word: string): Promise<string | undefined> =>
      (
        await s3.send(
          new PutObjectCommand({
            Bucket: 'artifacts',
            Key: 'a b/function.zip',
            Body: zipOf({ 'index.js': saying(word) }),
          }),
        )
      ).VersionId;
    const built = await put('built first');
    await put('built later');
    await makeFunction('promoted', saying('nothing yet'));
    const code = { FunctionName: 'promoted', S3Bucket: 'artifacts', S3Key: 'a b/function.zip' };
    await lambda.send(new UpdateFunctionCodeCommand({ ...code, Publish: true }));
    expect((await invoke('promoted')).value).toBe('built later');
    await lambda.send(new UpdateFunctionCodeCommand({ ...code, S3ObjectVersion: built, Publish: true }));
    expect((await invoke('promoted')).value).toBe('built first');
  });

  test('settings change for $LATEST, and not for a version that is published', async () => {
    await makeFunction('configured', 'exports.handler = async () => process.env.WORD ?? "none";');
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: 'configured',
        Environment: { Variables: { WORD: 'set' } },
      }),
    );
    expect((await invoke('configured')).value).toBe('set');
    expect((await invoke('configured:live')).value).toBe('none');
  });

  test('a failure, a time-out and an unknown function are reported as Lambda reports them', async () => {
    await makeFunction(
      'failing',
      'exports.handler = async (e) => { console.log("about to fail"); if (e.hang) await new Promise((r) => setTimeout(r, 60000)); throw new RangeError("too far"); };',
      { Timeout: 1 },
    );
    const failed = await invoke('failing');
    expect(failed).toMatchObject({ error: 'Unhandled', value: { errorType: 'RangeError', errorMessage: 'too far' } });
    expect(failed.log).toContain('about to fail');
    expect(await invoke('failing', { hang: true })).toMatchObject({
      error: 'Unhandled',
      value: { errorType: 'Sandbox.Timedout' },
    });
    await expect(invoke('nobody')).rejects.toThrow('Function not found');
  });

  test('API Gateway needs a permission to invoke a function', async () => {
    await makeFunction('guarded', saying('open'));
    const reference = `arn:aws:lambda:eu-north-1:123456789012:function:guarded:live`;
    await expect(aws.invoke(reference, {})).rejects.toThrow('apigateway.amazonaws.com may not invoke guarded:live');
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'guarded',
        Qualifier: 'live',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      }),
    );
    expect(await aws.invoke(reference, {})).toBe('open');
  });

  test('a function calls AWS as its role, and what it prints is in CloudWatch Logs', async () => {
    await makeFunction(
      'caller',
      `exports.handler = async () => {
      console.log('calling');
      const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
      const scope = process.env.AWS_ACCESS_KEY_ID + '/' + day + '/' + process.env.AWS_REGION + '/ssm/aws4_request';
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AmazonSSM.GetParameter', authorization: 'AWS4-HMAC-SHA256 Credential=' + scope + ', SignedHeaders=host, Signature=0' };
      return (await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers, body: JSON.stringify({ Name: '/kite/dev/word' }) })).json();
    };`,
    );
    await aws.call({
      service: 'ssm',
      target: 'AmazonSSM.PutParameter',
      body: { Name: '/kite/dev/word', Value: 'hush', Type: 'String' },
    });
    await aws.call({
      service: 'logs',
      target: 'Logs_20140328.CreateLogGroup',
      body: { logGroupName: '/aws/lambda/caller' },
    });
    expect((await invoke('caller')).value).toMatchObject({ Parameter: { Value: 'hush' } });
    expect(
      aws.calls.find({ caller: role, action: 'ssm:GetParameter', resource: /parameter\/kite\/dev\/word$/ }),
    ).toHaveLength(1);
    await aws.flushLogs();
    const { events } = await aws.call({
      service: 'logs',
      target: 'Logs_20140328.FilterLogEvents',
      body: { logGroupName: '/aws/lambda/caller' },
    });
    expect(JSON.stringify(events)).toContain('calling');
  });
});

describe('a FIFO queue as event source', () => {
  /** Makes a queue with a dead-letter queue, and a function that keeps what it gets in a third queue. */
  async function deliver(
    name: string,
    source: string,
    visibility: number,
  ): Promise<{ send: (group: string, body: string) => Promise<void>; url: string; deadUrl: string }> {
    const queue = async (
      suffix: string,
      Attributes: Record<string, string> = {},
    ): Promise<{ url: string; arn: string }> => {
      const { QueueUrl: url } = await sqs.send(
        new CreateQueueCommand({
          QueueName: `${name}${suffix}.fifo`,
          Attributes: { FifoQueue: 'true', ...Attributes },
        }),
      );
      const { Attributes: made } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
      );
      return { url: url!, arn: made!['QueueArn']! };
    };
    const dead = await queue('-dead');
    const own = await queue('', {
      VisibilityTimeout: String(visibility),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
    });
    await makeFunction(name, source);
    await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: own.arn,
        FunctionName: `${name}:live`,
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    let count = 0;
    return {
      url: own.url,
      deadUrl: dead.url,
      send: async (group, body) => {
        await sqs.send(
          new SendMessageCommand({
            QueueUrl: own.url,
            MessageBody: body,
            MessageGroupId: group,
            MessageDeduplicationId: String((count += 1)),
          }),
        );
      },
    };
  }

  async function left(url: string): Promise<number> {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
  }

  async function until(condition: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (await condition()) return;
      await pause(50);
    }
    throw new Error('It did not come to that within 10 s.');
  }

  /** What a function printed, line by line. */
  async function printed(name: string): Promise<string[]> {
    await aws.flushLogs();
    const { events } = await aws.call({
      service: 'logs',
      target: 'Logs_20140328.FilterLogEvents',
      body: { logGroupName: `/aws/lambda/${name}` },
    });
    return (events as { message: string; timestamp: number }[])
      .sort((a, b) => a.timestamp - b.timestamp)
      .map(({ message }) => message);
  }

  const logGroup = async (name: string): Promise<void> => {
    await aws.call({
      service: 'logs',
      target: 'Logs_20140328.CreateLogGroup',
      body: { logGroupName: `/aws/lambda/${name}` },
    });
  };

  test('messages of a group arrive one after the other, groups side by side, and the queue is empty then', async () => {
    await logGroup('orderly');
    const { send, url } = await deliver(
      'orderly',
      `exports.handler = async ({ Records: [{ body }] }) => {
      console.log('start ' + body); await new Promise((r) => setTimeout(r, 1000)); console.log('end ' + body); return { batchItemFailures: [] };
    };`,
      30,
    );
    await Promise.all([send('a', 'a1'), send('b', 'b1')]);
    await send('a', 'a2');
    await until(async () => (await left(url)) === 0);
    const lines = await printed('orderly');
    const at = (line: string): number => lines.indexOf(line);
    expect(at('start a2')).toBeGreaterThan(at('end a1'));
    expect(at('start b1')).toBeLessThan(at('end a1'));
  });

  test('a message that fails is tried again after its time-out and ends in the dead-letter queue; its group waits', async () => {
    await logGroup('stubborn');
    const { send, url, deadUrl } = await deliver(
      'stubborn',
      `exports.handler = async ({ Records: [{ body, messageId, attributes }] }) => {
      console.log(body + ' try ' + attributes.ApproximateReceiveCount); return { batchItemFailures: body === 'bad' ? [{ itemIdentifier: messageId }] : [] };
    };`,
      1,
    );
    await send('a', 'bad');
    await send('a', 'after it');
    await until(async () => (await left(url)) === 0);
    expect(await printed('stubborn')).toEqual(['bad try 1', 'bad try 2', 'after it try 1']);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadUrl }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['bad']);
  });
});
