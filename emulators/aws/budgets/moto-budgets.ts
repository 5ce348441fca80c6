import { json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, type AwsRequest } from '../protocol/aws-request';
import { record, text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';

type Json = Record<string, unknown>;

/** Budgets. moto makes them, with their notifications, and forgets who is to be notified and what they are tagged with. */
export class Budgets implements EmulatedService {
  readonly signingNames = ['budgets'];
  /** By budget and notification. */
  private readonly subscribers = new Map<string, unknown>();
  /** By the last part of the ARN, which is the budget's name. */
  private readonly tags = new Map<string, unknown>();

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const body = jsonBody(request);
    switch (request.operation) {
      case 'CreateBudget':
        return await this.create(body, request, send);
      case 'CreateNotification':
        this.subscribers.set(notificationOf(body), body['Subscribers']);
        return undefined;
      case 'DescribeSubscribersForNotification':
        return json({ Subscribers: this.subscribers.get(notificationOf(body)) ?? [] });
      case 'ListTagsForResource':
        return json({ ResourceTags: this.tags.get(nameOf(body['ResourceARN'])) ?? [] });
      default:
        return undefined;
    }
  }

  private async create(body: Json, request: AwsRequest, send: Send): Promise<AwsReply> {
    const reply = await send(request);
    if (reply.status < 300) this.tags.set(text(record(body['Budget'])['BudgetName']), body['ResourceTags']);
    return reply;
  }
}

function notificationOf({ BudgetName, Notification }: Json): string {
  const { NotificationType, Threshold } = record(Notification);
  return `${text(BudgetName)} ${text(NotificationType)} ${String(Threshold)}`;
}

function nameOf(arn: unknown): string {
  return text(arn).split('/').at(-1) ?? '';
}
