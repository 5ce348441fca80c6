import { changed, json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, withBody, withOperation, type AwsRequest } from '../protocol/aws-request';
import { isRecord, list, record, text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import type { QueueWatch } from './queue-watch';

/** Calls after which a queue may have something to deliver. */
const DELIVERING = new Set([
  'SendMessage',
  'SendMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'StartMessageMoveTask',
]);

/**
 * SQS. moto writes a redrive policy with spaces (a difference in every plan), hangs on a redrive allow policy, and
 * forgets the queue policy when another attribute is set.
 */
export class Sqs implements EmulatedService {
  readonly signingNames = ['sqs'];
  private readonly redriveAllowPolicies = new Map<string, string>();

  constructor(private readonly queues: QueueWatch) {}

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    if (!String(request.headers['content-type'] ?? '').includes('json')) return undefined;
    const body = jsonBody(request);
    const queue = text(body['QueueUrl']).split('/').at(-1) || text(body['QueueName']);
    if (DELIVERING.has(request.operation)) {
      const reply = await send(request);
      this.queues.touched(queue);
      return reply;
    }
    switch (request.operation) {
      case 'CreateQueue':
        this.rememberRedriveAllowPolicy(queue, body);
        return undefined;
      case 'SetQueueAttributes':
        this.rememberRedriveAllowPolicy(queue, body);
        return await keepingPolicy(request, body, send);
      case 'GetQueueAttributes':
        return await this.attributes(request, queue, body, send);
      case 'DeleteQueue':
        this.redriveAllowPolicies.delete(queue);
        return undefined;
      default:
        return undefined;
    }
  }

  private rememberRedriveAllowPolicy(queue: string, body: Record<string, unknown>): void {
    const attributes = body['Attributes'];
    if (isRecord(attributes) && typeof attributes['RedriveAllowPolicy'] === 'string') {
      this.redriveAllowPolicies.set(queue, attributes['RedriveAllowPolicy']);
    }
  }

  private async attributes(
    request: AwsRequest,
    queue: string,
    body: Record<string, unknown>,
    send: Send,
  ): Promise<AwsReply> {
    const names = list(body['AttributeNames']);
    const allowed = this.redriveAllowPolicies.get(queue);
    if (names.length === 1 && names[0] === 'RedriveAllowPolicy') {
      return json(allowed === undefined || allowed === '' ? {} : { Attributes: { RedriveAllowPolicy: allowed } });
    }
    return changed(await send(request), (reply) => {
      const attributes = { ...record(reply['Attributes']) };
      if (typeof attributes['RedrivePolicy'] === 'string')
        attributes['RedrivePolicy'] = JSON.stringify(JSON.parse(attributes['RedrivePolicy']));
      if (allowed && (names.includes('All') || names.includes('RedriveAllowPolicy')))
        attributes['RedriveAllowPolicy'] = allowed;
      return { ...reply, Attributes: attributes };
    });
  }
}

async function keepingPolicy(
  request: AwsRequest,
  body: Record<string, unknown>,
  send: Send,
): Promise<AwsReply | undefined> {
  const attributes = record(body['Attributes']);
  if ('Policy' in attributes) return undefined;
  const answer = await send(
    withOperation(request, 'GetQueueAttributes', { QueueUrl: body['QueueUrl'], AttributeNames: ['Policy'] }),
  );
  const policy = answer.status === 200 ? text(record(jsonBody(answer)['Attributes'])['Policy']) : '';
  if (policy === '') return undefined;
  return await send(withBody(request, { ...body, Attributes: { ...attributes, Policy: policy } }));
}
