import { json, type AwsReply } from '../../../../emulators/aws/protocol/aws-reply';
import { jsonBody, ownRequest, type AwsRequest, type OwnCall } from '../../../../emulators/aws/protocol/aws-request';
import type { EmulatedService } from '../../../../emulators/aws/protocol/emulated-service';

/** Stands where moto does: answers as told, and remembers what it was asked. */
export class FakeMoto {
  readonly asked: AwsRequest[] = [];

  constructor(private readonly reply: (request: AwsRequest) => AwsReply | unknown = () => json({})) {}

  /** Asks a service, which may pass the request on to here; the answer is moto's where the service has none. */
  async ask(
    service: EmulatedService,
    call: Omit<OwnCall, 'region' | 'service'> & { service?: string },
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const request = ownRequest({ service: service.signingNames[0] ?? '', region: 'eu-north-1', ...call });
    const send = async (sent: AwsRequest): Promise<AwsReply> => {
      this.asked.push(sent);
      const reply = this.reply(sent);
      return isReply(reply) ? reply : json(reply);
    };
    const reply = (await service.answer(request, send)) ?? (await send(request));
    return { status: reply.status, body: reply.body.length === 0 ? {} : jsonBody(reply) };
  }
}

function isReply(value: unknown): value is AwsReply {
  return typeof value === 'object' && value !== null && Buffer.isBuffer((value as { body?: unknown }).body);
}
