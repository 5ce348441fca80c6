import { EventSourceMappings } from '../../../../emulators/aws/lambda/event-source-mappings';
import type { QueuePoller } from '../../../../emulators/aws/lambda/queue-poller';
import { FakeMoto } from '../account/fake-moto';

const MAPPINGS = '/2015-03-31/event-source-mappings';
const EventSourceArn = 'arn:aws:sqs:eu-north-1:123456789012:dev-delivery.fifo';
const FunctionName = 'arn:aws:lambda:eu-north-1:123456789012:function:dev-request-dispatcher:live';

function subject(): { mappings: EventSourceMappings; started: unknown[]; stop: jest.Mock; moto: FakeMoto } {
  const started: unknown[] = [];
  const stop = jest.fn();
  const mappings = new EventSourceMappings((options) => {
    started.push(options);
    return { stop } as unknown as QueuePoller;
  });
  return { mappings, started, stop, moto: new FakeMoto() };
}

test('a mapping polls for its alias and reads back as written', async () => {
  const { mappings, started, moto } = subject();
  const { body } = await moto.ask(mappings, {
    url: MAPPINGS,
    body: {
      EventSourceArn,
      FunctionName,
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      Tags: { project: 'kite' },
    },
  });
  expect(started).toEqual([
    {
      region: 'eu-north-1',
      queueArn: EventSourceArn,
      functionArn: FunctionName,
      batchSize: 5,
      reportsItemFailures: true,
      concurrency: 10,
    },
  ]);
  expect(body).toMatchObject({ State: 'Enabled', FunctionArn: FunctionName, BatchSize: 5 });
  const read = await moto.ask(mappings, { method: 'GET', url: `${MAPPINGS}/${String(body['UUID'])}` });
  expect(read.body).toEqual(body);
  const tags = await moto.ask(mappings, {
    method: 'GET',
    url: `/2017-03-31/tags/${encodeURIComponent(String(body['EventSourceMappingArn']))}`,
  });
  expect(tags.body).toEqual({ Tags: { project: 'kite' } });
});

test('a disabled mapping does not poll, a deleted one is gone', async () => {
  const { mappings, started, stop, moto } = subject();
  const { body } = await moto.ask(mappings, { url: MAPPINGS, body: { EventSourceArn, FunctionName } });
  const url = `${MAPPINGS}/${String(body['UUID'])}`;
  expect((await moto.ask(mappings, { method: 'PUT', url, body: { Enabled: false } })).body).toMatchObject({
    State: 'Disabled',
  });
  expect(stop).toHaveBeenCalledTimes(1);
  expect(started).toHaveLength(1);
  await moto.ask(mappings, { method: 'DELETE', url });
  expect((await moto.ask(mappings, { method: 'GET', url })).status).toBe(404);
  expect((await moto.ask(mappings, { method: 'GET', url: MAPPINGS })).body).toEqual({ EventSourceMappings: [] });
});

test('another event source is refused', async () => {
  const { mappings, moto } = subject();
  const answer = await moto.ask(mappings, {
    url: MAPPINGS,
    body: { EventSourceArn: 'arn:aws:kinesis:eu-north-1:1:stream/s', FunctionName },
  });
  expect(answer.status).toBe(400);
});
