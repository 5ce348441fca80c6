import { randomUUID } from 'node:crypto';

import { empty, failure, json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, type AwsRequest } from '../protocol/aws-request';
import { list, record, text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import { ACCOUNT_ID } from '../account/identities';
import type { QueuePoller, QueuePollerOptions } from './queue-poller';

const MAPPINGS = /^\/2015-03-31\/event-source-mappings(?:\/([^/]+))?\/?$/;
const TAGS = /^\/2017-03-31\/tags\/(arn:aws:lambda:[^:]+:\d+:event-source-mapping:(.+))$/;

/** Settings a mapping echoes. */
const SETTINGS = [
  'BatchSize',
  'FunctionResponseTypes',
  'ScalingConfig',
  'MaximumBatchingWindowInSeconds',
  'FilterCriteria',
  'MetricsConfig',
];

interface Mapping {
  readonly region: string;
  settings: Record<string, unknown>;
  tags: Record<string, unknown>;
  poller: QueuePoller | undefined;
}

/** What a mapping needs to start polling. */
export type StartPoller = (
  options: Pick<QueuePollerOptions, 'batchSize' | 'reportsItemFailures' | 'concurrency'> & {
    readonly region: string;
    readonly queueArn: string;
    readonly functionArn: string;
  },
) => QueuePoller;

/**
 * Event source mappings of SQS queues. They are kept here and not in moto, which would invoke the function itself
 * (without running it) whenever a message is sent.
 */
export class EventSourceMappings implements EmulatedService {
  readonly signingNames = ['lambda'];
  private readonly mappings = new Map<string, Mapping>();

  constructor(private readonly startPoller: StartPoller) {}

  async answer(request: AwsRequest, _send: Send): Promise<AwsReply | undefined> {
    const mappings = MAPPINGS.exec(request.path);
    if (mappings !== null) return this.answerMapping(mappings[1], request);
    const tags = TAGS.exec(request.path);
    if (tags !== null) return this.answerTags(tags[2] ?? '', request);
    return undefined;
  }

  /** Ends all pollers. */
  stop(): void {
    for (const { poller } of this.mappings.values()) void poller?.stop();
  }

  private answerMapping(uuid: string | undefined, request: AwsRequest): AwsReply {
    if (uuid === undefined) return request.method === 'POST' ? this.create(request) : this.list(request);
    const mapping = this.mappings.get(uuid);
    if (mapping === undefined)
      return failure('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
    if (request.method === 'PUT') {
      mapping.settings = { ...mapping.settings, ...settingsOf(jsonBody(request)), LastModified: Date.now() / 1000 };
      this.poll(mapping);
      return json(described(mapping), 202);
    }
    if (request.method === 'DELETE') {
      void mapping.poller?.stop();
      this.mappings.delete(uuid);
      return json({ ...described(mapping), State: 'Deleting' }, 202);
    }
    return json(described(mapping));
  }

  private create(request: AwsRequest): AwsReply {
    const body = jsonBody(request);
    if (!/^arn:aws:sqs:/.test(text(body['EventSourceArn']))) {
      return failure(
        'InvalidParameterValueException',
        `The emulated account has event sources of SQS queues only, not ${text(body['EventSourceArn'])}.`,
      );
    }
    const uuid = randomUUID();
    const mapping: Mapping = {
      region: request.region,
      settings: {
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 0,
        FunctionResponseTypes: [],
        Enabled: true,
        ...settingsOf(body),
        UUID: uuid,
        EventSourceArn: body['EventSourceArn'],
        EventSourceMappingArn: `arn:aws:lambda:${request.region}:${ACCOUNT_ID}:event-source-mapping:${uuid}`,
        LastModified: Date.now() / 1000,
        StateTransitionReason: 'USER_INITIATED',
      },
      tags: record(body['Tags']),
      poller: undefined,
    };
    mapping.settings['FunctionArn'] = functionArn(text(body['FunctionName']), request.region);
    this.mappings.set(uuid, mapping);
    this.poll(mapping);
    return json(described(mapping), 202);
  }

  private list(request: AwsRequest): AwsReply {
    const [source, name] = [request.query.get('EventSourceArn'), request.query.get('FunctionName')];
    const found = [...this.mappings.values()].filter(
      ({ settings }) =>
        (source === null || settings['EventSourceArn'] === source) &&
        (name === null || settings['FunctionArn'] === functionArn(name, request.region)),
    );
    return json({ EventSourceMappings: found.map(described) });
  }

  private answerTags(uuid: string, request: AwsRequest): AwsReply {
    const mapping = this.mappings.get(uuid);
    if (mapping === undefined)
      return failure('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
    if (request.method === 'GET') return json({ Tags: mapping.tags });
    if (request.method === 'DELETE') for (const key of request.query.getAll('tagKeys')) delete mapping.tags[key];
    if (request.method === 'POST') {
      mapping.tags = { ...mapping.tags, ...record(jsonBody(request)['Tags']) };
    }
    return empty(204);
  }

  private poll(mapping: Mapping): void {
    void mapping.poller?.stop();
    mapping.poller = undefined;
    if (mapping.settings['Enabled'] === false) return;
    const { settings } = mapping;
    mapping.poller = this.startPoller({
      region: mapping.region,
      queueArn: text(settings['EventSourceArn']),
      functionArn: text(settings['FunctionArn']),
      batchSize: Math.min(10, Number(settings['BatchSize'])),
      reportsItemFailures: list(settings['FunctionResponseTypes']).includes('ReportBatchItemFailures'),
      concurrency: Number(record(settings['ScalingConfig'])['MaximumConcurrency'] ?? 10),
    });
  }
}

function settingsOf(body: Record<string, unknown>): Record<string, unknown> {
  const settings = Object.fromEntries(
    [...SETTINGS, 'Enabled'].flatMap((name) => (name in body ? [[name, body[name]]] : [])),
  );
  return { ...settings, ...('FunctionName' in body ? { FunctionName: body['FunctionName'] } : {}) };
}

function described(mapping: Mapping): Record<string, unknown> {
  const { Enabled, FunctionName: _name, ...settings } = mapping.settings;
  return { ...settings, State: Enabled === false ? 'Disabled' : 'Enabled' };
}

function functionArn(reference: string, region: string): string {
  return reference.startsWith('arn:') ? reference : `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${reference}`;
}
