import { join } from 'node:path';
import { webhookSecret } from '../../lambdas/adapters/telegram/webhook-secret';
import { chatId, refOf } from '../../lambdas/adapters/telegram/ids';
import { type ConnectionId } from '../../lambdas/chat/model/identifiers';
import { AIMS } from '../aims';
import { handler as emptyHandler } from '../empty-handler';
import { against, type Figure } from '../figure';
import { commonCode, nativeCode } from '../function-code';
import { MEMORY_CHANNEL, MEMORY_GROUP, MEMORY_TOKEN, memoryFunction } from '../memory-function';
import { processFigures } from '../process-start';
import type { Section, SectionOptions } from '../section';
import { Stage } from '../stage';
import { median } from '../statistics';
import { inTemporaryFolder } from '../temporary-folder';
import { BenchVisitor } from '../visitor';

/** Warm messages: how many visitors send how many each. Few enough that no visitor is too fast. */
const VISITORS = 200;
const MESSAGES = 10;

/** On a stage: how many visitors write in turn, and how many texts each, once to warm up and once measured. */
const WRITERS = 20;
const TEXTS = 2;

/** What Kite adds to a message, and what a message costs with the SDK and the runtime around it. */
export const message: Section = {
  name: 'message',
  title: 'One message, warm',
  measure: async (options) => [
    ...(await kiteAlone(options)),
    ...(await inTemporaryFolder((folder) => wholeProcess(folder, options))),
  ],
};

/** The handler with stores, queue and pushes that answer at once: what is left is Kite. */
async function kiteAlone({ progress }: SectionOptions): Promise<Figure[]> {
  progress('Kite alone');
  const { world, handler } = await memoryFunction();
  const ids = Array.from({ length: VISITORS }, (_, i) => `visitor${i}`);
  for (const [i, id] of ids.entries()) {
    world.push.open(`ws:${id}`);
    await handler(frame(id, 'CONNECT', null));
    await handler(frame(id, 'MESSAGE', ['JOIN', `member-${id}`, 'Ann', MEMORY_CHANNEL]));
    const conversation = (await world.connections.find(`ws:${id}` as ConnectionId))?.conversation;
    if (conversation)
      await world.messages.pointReply(refOf(chatId(MEMORY_GROUP), i + 1), { ...conversation, message: 'v#x' });
  }
  const texts = ids.flatMap((id) =>
    Array.from({ length: MESSAGES }, (_, i) =>
      frame(id, 'MESSAGE', ['TXT', `t${i}`, 'x'.repeat(100), '2026-01-01T00:00:00Z']),
    ),
  );
  const replies = ids.flatMap((_, visitor) =>
    Array.from({ length: MESSAGES }, (__, i) => reply(visitor + 1, visitor * MESSAGES + i)),
  );
  const pings = ids.map((id) => frame(id, 'MESSAGE', ['PING']));

  const empty = await cost(texts, emptyHandler);
  const text = await cost(texts, handler);
  const answer = await cost(replies, handler);
  const ping = await cost(pings, handler);
  return [
    { name: 'Kite alone, a text until its ACK, processor time', value: text.cpu, unit: 'ms', aim: AIMS.messageCpu },
    { name: 'Kite alone, a text until its ACK, latency', value: text.latency, unit: 'ms' },
    {
      name: 'Kite alone, a reply until it is pushed, processor time',
      value: answer.cpu,
      unit: 'ms',
      aim: AIMS.messageCpu,
    },
    { name: 'Kite alone, a reply until it is pushed, latency', value: answer.latency, unit: 'ms' },
    {
      name: 'Kite alone, a PING, processor time',
      value: ping.cpu,
      unit: 'ms',
      note: `empty handler: ${empty.cpu.toFixed(4)} ms`,
    },
  ];
}

/** Processor time (mean) and latency (median) of an event, in milliseconds; the first half warms up. */
async function cost(events: readonly object[], handler: (event: object) => Promise<unknown>) {
  const half = Math.floor(events.length / 2);
  for (const event of events.slice(0, half)) check(await handler(event));
  const latencies: number[] = [];
  const before = process.cpuUsage();
  for (const event of events.slice(half)) {
    const started = performance.now();
    check(await handler(event));
    latencies.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000 / latencies.length, latency: median(latencies) };
}

/** What fails is quick, and no measure of what works. */
function check(answer: unknown): void {
  const { statusCode, body } = answer as { statusCode: number; body?: string };
  if (statusCode !== 200 || body?.includes('ERR')) throw new Error(`Kite answered ${statusCode}: ${body}`);
}

/** The deployed code in its own process, SDK, signatures and HTTP included: per round trip, beside an empty handler. */
async function wholeProcess(folder: string, { progress }: SectionOptions): Promise<Figure[]> {
  const builds = [
    ['common build', await commonCode(join(folder, 'common'))],
    ['native build', await nativeCode(join(folder, 'native'))],
  ] as const;
  const figures: Figure[] = [];
  for (const [name, code] of builds) {
    progress(name);
    const stage = await Stage.start({ forum: true, code });
    try {
      const { ping, text } = await onStage(stage);
      figures.push(
        { name: `${name}, a PING, processor time`, value: ping, unit: 'ms' },
        against(
          { name: `${name}, a text, processor time, SDK and delivery included`, value: text.cpu, unit: 'ms' },
          'a PING',
          ping,
        ),
        {
          name: `${name}, a text until its ACK, latency less its round trips`,
          value: text.ownLatency,
          unit: 'ms',
          note: 'the SDK, signatures and HTTP',
        },
      );
    } finally {
      await stage.stop();
    }
  }
  return figures;
}

async function onStage(stage: Stage) {
  const visitors: BenchVisitor[] = [];
  for (let i = 0; i < WRITERS; i += 1) {
    const visitor = await BenchVisitor.connect(`${stage.webSocketUrl}?c=${stage.channel}`);
    await stage.settled(() => visitor.ask(['JOIN', `bench-member${i}`, 'Ann', stage.channel], 'OK'));
    visitors.push(visitor);
  }
  const cpu = () => processFigures(stage.pid).cpu;
  const next = (count: number) => visitors[count % WRITERS] as BenchVisitor;
  const ping = await perEvent(cpu, 100, (count) => next(count).ask(['PING'], 'PONG'));
  const own: number[] = [];
  const text = await perEvent(cpu, WRITERS * TEXTS, async (count) => {
    stage.ledger.clear();
    const frame = ['TXT', `t${own.length}`, 'x'.repeat(100), '2026-01-01T00:00:00Z'];
    await stage.settled(() => next(count).ask(frame, 'ACK'));
    const [first] = stage.ledger.invocations;
    if (!first) throw new Error('The function was not run.');
    const within = stage.ledger.requests.filter(
      ({ startedAt, endedAt }) => startedAt >= first.startedAt && endedAt <= first.endedAt,
    );
    own.push(first.endedAt - first.startedAt - covered(within));
  });
  for (const visitor of visitors) await visitor.close();
  return { ping, text: { cpu: text, ownLatency: median(own.slice(own.length / 2)) } };
}

/** The mean processor time of an event, in milliseconds; as many events warm up before. */
async function perEvent(cpu: () => number, count: number, event: (count: number) => Promise<unknown>): Promise<number> {
  for (let i = 0; i < count; i += 1) await event(i);
  const before = cpu();
  for (let i = 0; i < count; i += 1) await event(i);
  return (cpu() - before) / count;
}

/** The time in which at least one of the requests was under way. */
function covered(requests: readonly { startedAt: number; endedAt: number }[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startedAt, endedAt } of [...requests].sort((a, b) => a.startedAt - b.startedAt)) {
    sum += Math.max(0, endedAt - Math.max(startedAt, until));
    until = Math.max(until, endedAt);
  }
  return sum;
}

function frame(id: string, eventType: 'CONNECT' | 'MESSAGE', body: readonly unknown[] | null): object {
  return {
    requestContext: { eventType, connectionId: id, requestTimeEpoch: Date.now(), routeKey: '$default' },
    body: body ? JSON.stringify(body) : undefined,
    isBase64Encoded: false,
  };
}

function reply(to: number, id: number): object {
  const chat = { id: MEMORY_GROUP, type: 'supergroup', title: 'Support' };
  return {
    requestContext: { http: { method: 'POST', path: '/dev/tg' }, stage: 'dev' },
    headers: { 'x-telegram-bot-api-secret-token': webhookSecret(MEMORY_TOKEN, 'dev') },
    body: JSON.stringify({
      update_id: id + 1,
      message: {
        message_id: 100_000 + id,
        date: Math.floor(Date.now() / 1000),
        chat,
        from: { id: 1, is_bot: false, first_name: 'Olena' },
        text: 'x'.repeat(100),
        reply_to_message: { message_id: to, date: 1, chat, text: 'x' },
      },
    }),
  };
}
