import type { AwsReply } from '../protocol/aws-reply';
import { empty } from '../protocol/aws-reply';
import { withBody, type AwsRequest } from '../protocol/aws-request';
import { isRecord } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import type { Identities } from '../account/identities';
import { refusePresigned } from './presigned-url';
import type { S3Error } from './s3-error';

/**
 * S3. moto applies bucket policies but not their conditions, so "deny what does not come over TLS" would deny
 * everything: it gets the policy without conditional denials, and readers get the original back. It does not check
 * presigned URLs, and forgets that a bucket notifies EventBridge.
 */
export class S3 implements EmulatedService {
  readonly signingNames = ['s3'];
  private readonly policies = new Map<string, Buffer>();
  private readonly notifying = new Set<string>();

  constructor(private readonly identities: Identities) {}

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const refusal = await refusePresigned(request, (key) => this.identities.secretOf(key));
    if (refusal !== undefined) return xmlReply(refusal, request.path);
    const bucket = request.path.replaceAll('/', '');
    if (request.query.has('policy')) return await this.policy(bucket, request, send);
    if (request.query.has('notification')) return await this.notification(bucket, request, send);
    if (request.method === 'DELETE' && request.path.split('/').length <= 3 && request.url.split('?')[1] === undefined) {
      this.policies.delete(bucket);
      this.notifying.delete(bucket);
    }
    return undefined;
  }

  private async policy(bucket: string, request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const stored = this.policies.get(bucket);
    if (request.method === 'GET') {
      return stored === undefined
        ? undefined
        : { status: 200, headers: { 'content-type': 'application/json' }, body: stored };
    }
    if (request.method === 'DELETE') {
      this.policies.delete(bucket);
      return undefined;
    }
    const policy: unknown = JSON.parse(request.body.toString());
    if (request.method !== 'PUT' || !isRecord(policy)) return undefined;
    this.policies.set(bucket, request.body);
    const statements = (Array.isArray(policy['Statement']) ? policy['Statement'] : [policy['Statement']]).filter(
      (statement) => !(isRecord(statement) && statement['Effect'] === 'Deny' && 'Condition' in statement),
    );
    if (statements.length === 0) return empty(204);
    return await send(withBody(request, { ...policy, Statement: statements }));
  }

  private async notification(bucket: string, request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    if (request.method === 'PUT') {
      if (request.body.includes('EventBridgeConfiguration')) this.notifying.add(bucket);
      else this.notifying.delete(bucket);
      return undefined;
    }
    const reply = await send(request);
    if (reply.status !== 200 || !this.notifying.has(bucket) || reply.body.includes('EventBridgeConfiguration'))
      return reply;
    return {
      ...reply,
      body: Buffer.from(
        '<?xml version="1.0" encoding="UTF-8"?><NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
          '<EventBridgeConfiguration></EventBridgeConfiguration></NotificationConfiguration>',
      ),
    };
  }
}

function xmlReply(error: S3Error, resource: string): AwsReply {
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(error.toXml(resource)),
  };
}
