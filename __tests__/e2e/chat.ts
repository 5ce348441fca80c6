import { setTimeout as pause } from 'node:timers/promises';

import { isRecord } from '../../json';
import { SANDBOX_BOTS, type Sandbox } from '../../local/sandbox/sandbox';
import type { Telegram } from '../../emulators/telegram';
import { Visitor } from './visitor';

/** How long a delivery may take on a machine on which two accounts are deployed meanwhile, milliseconds. */
const PATIENCE_MS = 120_000;

/** Where visitors connect to a stage. */
export function webSocketOf({ port }: Sandbox, stage: 'dev' | 'prod'): string {
  return `ws://localhost:${port}/${stage}`;
}

/** Where a stage answers requests. */
export function httpOf({ port }: Sandbox, stage: 'dev' | 'prod'): string {
  return `http://localhost:${port}/${stage}`;
}

/** A bot, the group it is in, and the operator who writes there. */
export interface Support {
  readonly telegram: Telegram;
  readonly group: number;
  readonly operator: number;
  /** Resolves when nothing waits to be delivered to Telegram. */
  readonly delivered: () => Promise<void>;
}

/** A group with this bot that hosts a channel, made as a person makes it. */
export async function hostChannel(sandbox: Sandbox, stage: 'dev' | 'prod', channel: string): Promise<Support> {
  const { telegram } = sandbox;
  const bot = SANDBOX_BOTS[stage].username;
  const operator = telegram.people.user({ firstName: 'Olena' }).id;
  const group = telegram.people.group({ title: `Support in ${stage}`, owner: operator, kind: 'supergroup' });
  telegram.people.addBot({ chat: group, by: operator, bot, administrator: true });
  telegram.people.send({ chat: group, from: operator, text: `/host ${channel}` });
  await telegram.message(group, ({ text }) => text?.includes(`?c=${channel}`) ?? false, PATIENCE_MS);
  return { telegram, group, operator, delivered: async () => await queueIsEmpty(sandbox, `${stage}-delivery.fifo`) };
}

async function queueIsEmpty(sandbox: Sandbox, name: string): Promise<void> {
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const body = { QueueUrl: `${sandbox.aws.url}/123456789012/${name}`, AttributeNames };
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const { Attributes } = await sandbox.aws.call({ service: 'sqs', target: 'AmazonSQS.GetQueueAttributes', body });
    if (isRecord(Attributes) && AttributeNames.every((attribute) => Attributes[attribute] === '0')) return;
    await pause(100);
  }
  throw new Error(`The queue ${name} did not become empty within ${PATIENCE_MS / 1000} s.`);
}

/** Opens a connection and joins a channel. */
export async function join(url: string, channel: string, memberId: string, name: string): Promise<Visitor> {
  const visitor = await Visitor.connect(`${url}?c=${channel}`);
  const answer = await visitor.ask(['JOIN', memberId, name, channel]);
  if (answer !== '["OK"]') throw new Error(`JOIN was answered ${answer}`);
  return visitor;
}

/** The visitor writes, the operator reads it in the group and replies, the visitor reads the reply. */
export async function chatBothWays(
  visitor: Visitor,
  support: Support,
  words: { question: string; answer: string },
): Promise<void> {
  const { telegram, group, operator } = support;
  visitor.send(['TXT', `id of ${words.question}`, words.question, new Date().toISOString()]);
  await visitor.frame('ACK', ([, id]) => id === `id of ${words.question}`);
  const question = await telegram.message(group, ({ text }) => text?.includes(words.question) ?? false, PATIENCE_MS);
  await support.delivered();
  telegram.people.send({ chat: group, from: operator, text: words.answer, replyTo: question.message_id });
  await visitor.frame('TXT', ([, , text]) => text === words.answer);
}
