import { AIMS } from '../aims';
import type { EventMeasure } from '../event-measure';
import { measureEvents, type EventName } from '../events';
import type { Figure } from '../figure';
import type { Section } from '../section';
import { sum } from '../statistics';

/** Events in which a person waits for a message or for access. */
const ON_THE_PATH: readonly EventName[] = ['connect', 'join', 'rejoin', 'first text', 'text', 'reply', 'file'];

/** What each event of a chat asks of AWS and Telegram. The same on every machine. */
export const events: Section = {
  name: 'events',
  title: 'Requests of each event (a group with topics)',
  measure: async () => {
    const measured = await measureEvents();
    return Object.entries(measured.events).flatMap(([name, event]) => figuresOf(name as EventName, event));
  },
};

function figuresOf(name: EventName, event: EventMeasure): Figure[] {
  const { roundTrips, dynamodb } = event;
  return [
    {
      name: `${name}: DynamoDB round trips until answered`,
      value: roundTrips.dynamodbToAnswer,
      unit: 'round trips',
      aim: ON_THE_PATH.includes(name) ? AIMS.roundTrips : undefined,
    },
    {
      name: `${name}: in all`,
      value: all(dynamodb.requests),
      unit: 'requests',
      note: described(event),
    },
  ];
}

function described({ dynamodb, sqs, s3, telegram, ...event }: EventMeasure): string {
  const parts = [
    `${dynamodb.readUnits} read and ${dynamodb.writeUnits} write units`,
    counted(event.invocations, 'run'),
    counted(all(sqs), 'SQS'),
    counted(all(s3), 'S3'),
    counted(all(telegram), 'Telegram'),
    counted(event.webSocketMessages, 'frame'),
    counted(event.httpRequests, 'HTTP'),
  ];
  return parts.filter(Boolean).join(', ');
}

const all = (counts: Readonly<Record<string, number>>): number => sum(Object.values(counts));

function counted(count: number, what: string): string {
  return count === 0 ? '' : `${count} ${what}`;
}
