import { randomUUID } from 'node:crypto';
import { eventMeasure, type EventMeasure, type Waiting } from './event-measure';
import { Stage } from './stage';
import { BenchVisitor } from './visitor';

/** Everything that happens in a chat, one name for each. */
export type EventName =
  /** A browser opens a connection, with the channel in the URL. */
  | 'connect'
  /** A visitor who is new to the channel joins; the operators are told. */
  | 'join'
  /** A visitor who was here today joins again and has missed nothing. */
  | 'rejoin'
  /** The same, with one message missed. */
  | 'rejoin, one missed'
  /** The first message of a visitor: a topic is made where there are topics, the message is pinned. */
  | 'first text'
  /** A message of a visitor who was answered before, to its delivery to the operators. */
  | 'text'
  /** One more before an operator has answered. */
  | 'text in a row'
  /** An operator answers a visitor who is there. */
  | 'reply'
  /** One more answer in a row. */
  | 'reply in a row'
  /** An operator answers a visitor who has left. */
  | 'reply to absent'
  /** A visitor asks where to put a file. */
  | 'upload'
  /** The file is put there. */
  | 'put'
  /** The visitor says that it is there; it is delivered to the operators. */
  | 'file'
  /** An operator sends a file. */
  | 'file reply'
  /** A person follows the link to a file. */
  | 'link'
  /** The widget's sign of life. */
  | 'ping'
  /** The connection ends. */
  | 'disconnect';

export interface EventsOptions {
  /** Whether the operators' group has topics, one for each visitor. @default true */
  readonly forum?: boolean;
  /** Bytes of a text. @default 100 */
  readonly textBytes?: number;
  /** Bytes of a file. @default 50000 */
  readonly fileBytes?: number;
}

/** What is asked of AWS and Telegram for each event, and once by each new instance of the function. */
export interface EventMeasures {
  readonly events: Readonly<Record<EventName, EventMeasure>>;
  /** Requests that an instance makes once, at its first need: reading the bot token. */
  readonly instance: { readonly ssm: number };
}

/**
 * Runs the deployed code against embedded AWS and the Telegram emulator and counts what each event asks of them. The
 * counts are the same on every machine. Takes about two seconds, and leaves nothing behind.
 */
export async function measureEvents(options: EventsOptions = {}): Promise<EventMeasures> {
  const stage = await Stage.start({ forum: options.forum ?? true });
  try {
    const ssm = stage.ledger.requests.filter(({ service }) => service === 'ssm').length;
    // Whatever is only done once by an instance is over after the first visitor.
    await measureVisit(stage, 'warm-up', options);
    stage.latency = LATENCY;
    return { events: await measureVisit(stage, 'measured', options), instance: { ssm } };
  } finally {
    await stage.stop();
  }
}

/** The events of one visitor's day on a stage. */
export async function measureVisit(
  stage: Stage,
  memberId: string,
  options: EventsOptions = {},
): Promise<Record<EventName, EventMeasure>> {
  const events = {} as Record<EventName, EventMeasure>;
  await visit(stage, options, memberId, async (name, waiting, cause) => {
    stage.ledger.clear();
    await stage.settled(cause);
    events[name] = eventMeasure(stage.ledger, waiting);
  });
  return events;
}

/** DynamoDB's latency, in milliseconds: long enough that two parallel requests overlap, also on a busy machine. */
const LATENCY = 40;

type Measure = (name: EventName, waiting: Waiting, cause: () => Promise<unknown> | unknown) => Promise<void>;

/** A visitor's day, event by event. */
async function visit(stage: Stage, options: EventsOptions, memberId: string, measure: Measure): Promise<void> {
  const { textBytes = 100, fileBytes = 50_000 } = options;
  const url = `${stage.webSocketUrl}?c=${stage.channel}`;
  const join = ['JOIN', memberId, 'Ann', stage.channel];
  const words = 'x'.repeat(textBytes);
  const now = new Date().toISOString();
  const { people } = stage.telegram;
  let texts = 0;
  const session = randomUUID();
  const text = () => visitor.ask(['TXT', `${session}-${(texts += 1)}`, words, now], 'ACK');
  const reply = (content: object) => {
    // Telegram's people see the newest message of the bot, and answer it.
    const own = people.messages(stage.group).filter(({ from, text: said }) => from?.is_bot && said?.includes(words));
    const newest = own.at(-1);
    const topic = newest?.message_thread_id;
    people.send({
      chat: stage.group,
      from: stage.owner,
      ...content,
      ...(newest ? { replyTo: newest.message_id } : {}),
      ...(topic === undefined ? {} : { topic }),
    });
  };

  let visitor = undefined as unknown as BenchVisitor;
  await measure('connect', 'for the answer', async () => (visitor = await BenchVisitor.connect(url)));
  await measure('join', 'for a push', () => visitor.ask(join, 'OK'));
  await measure('ping', 'for the answer', () => visitor.ask(['PING'], 'PONG'));
  await measure('first text', 'for the answer', text);
  await measure('text in a row', 'for the answer', text);
  await measure('reply', 'for a push', () => reply({ text: words }));
  await measure('text', 'for the answer', text);
  await measure('reply', 'for a push', () => reply({ text: words }));
  await measure('reply in a row', 'for a push', () => reply({ text: words }));

  const file = ['f.pdf', 'application/pdf', fileBytes];
  let links: unknown[] = [];
  await measure(
    'upload',
    'for the answer',
    async () => (links = await visitor.ask(['UPL', `${session}-u`, ...file, now], 'UPL')),
  );
  const [, , download, upload] = links.map(String);
  await measure('put', 'for the answer', async () => {
    const headers = { 'content-type': 'application/pdf' };
    const { ok, status } = await fetch(upload ?? '', { method: 'PUT', headers, body: Buffer.alloc(fileBytes) });
    if (!ok) throw new Error(`The file was not taken: ${status}`);
  });
  await measure('file', 'for the answer', () => visitor.ask(['BIN', `${session}-b`, download, ...file, now], 'ACK'));
  await measure('file reply', 'for a push', () =>
    reply({ document: { content: Buffer.alloc(fileBytes), name: 'f.pdf', mimeType: 'application/pdf' } }),
  );
  await measure('link', 'for the answer', () => fetch(download ?? '', { redirect: 'manual' }));

  await measure('disconnect', 'for the answer', () => visitor.close());
  visitor = await BenchVisitor.connect(url);
  await measure('rejoin', 'for a push', () => visitor.ask(join, 'OK'));
  await stage.settled(() => visitor.close());
  await measure('reply to absent', 'for the answer', () => reply({ text: words }));
  visitor = await BenchVisitor.connect(url);
  await measure('rejoin, one missed', 'for a push', async () => {
    await visitor.ask(join, 'OK');
    await visitor.frame('TXT');
  });
  await stage.settled(() => visitor.close());
}
