import { join } from 'node:path';
import { AIMS } from '../aims';
import type { EventMeasure } from '../event-measure';
import { measureVisit, type EventName } from '../events';
import { against, type Figure } from '../figure';
import { populate, type Population } from '../population';
import type { Section, SectionOptions } from '../section';
import { Stage } from '../stage';
import { median, sum } from '../statistics';
import { inTemporaryFolder } from '../temporary-folder';

const SMALLEST: Population = { members: 10, messages: 10 };
const QUICK: readonly Population[] = [
  { members: 1000, messages: 1000 },
  { members: 10_000, messages: 50_000 },
];
const FULL: readonly Population[] = [
  { members: 1000, messages: 1000 },
  { members: 100_000, messages: 1_000_000 },
];

/** How many days of the visitor are measured, after one that is not. */
const ROUNDS = 5;

/** A day of a visitor who returns. */
const EVENTS: readonly EventName[] = ['connect', 'rejoin', 'text', 'reply', 'upload', 'file', 'disconnect'];

type Visit = Readonly<Record<EventName, EventMeasure>>;

/** The same events in channels of different sizes. */
export const growth: Section = {
  name: 'growth',
  title: 'Growth of a channel, all messages in one conversation',
  measure: async (options) => {
    const visitsIn = (population: Population) => inTemporaryFolder((folder) => visits(folder, population, options));
    const small = await visitsIn(SMALLEST);
    const figures: Figure[] = [];
    for (const population of options.all ? FULL : QUICK) {
      figures.push(...compare(population, await visitsIn(population), small));
    }
    return figures;
  },
};

async function visits(folder: string, population: Population, { progress }: SectionOptions): Promise<readonly Visit[]> {
  const dynamoDbFolder = join(folder, 'dynamodb');
  const stage = await Stage.start({ forum: false, dynamoDbFolder });
  try {
    const { members, messages } = population;
    progress(`${members} members and ${messages} messages: filling`);
    await measureVisit(stage, 'visitor');
    await stage.withoutDynamoDb(dynamoDbFolder, () => populate(dynamoDbFolder, population));
    await measureVisit(stage, 'visitor');
    const measured: Visit[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      progress(`${members} members and ${messages} messages: day ${round + 1} of ${ROUNDS}`);
      measured.push(await measureVisit(stage, 'visitor'));
    }
    return measured;
  } finally {
    await stage.stop();
  }
}

/** The sum over the events, and, as the ratio, the event that grew most. */
function compare({ members, messages }: Population, large: readonly Visit[], small: readonly Visit[]): Figure[] {
  const size = `${members.toLocaleString('en')} members, ${messages.toLocaleString('en')} messages`;
  return QUANTITIES.map(({ name, unit, of, exact }) => {
    // What the machine decides is taken at its best; the rest is the same every day, but for what a day happens to need.
    const typical = (visits: readonly Visit[], event: EventName) => {
      const values = visits.map((visit) => of(visit[event]));
      return exact ? median(values) : Math.min(...values);
    };
    const grown = EVENTS.map((event) => ({ event, value: typical(large, event), before: typical(small, event) }));
    const value = sum(grown.map((each) => each.value));
    const worst = grown.reduce((most, each) => (each.value / each.before > most.value / most.before ? each : most));
    const figure: Figure = { name: `${size}: ${name}`, value, unit, ...(exact ? { aim: AIMS.growth } : {}) };
    if (!exact) return against(figure, 'that with 10', sum(grown.map(({ before }) => before)));
    return {
      ...figure,
      floor: { name: `that with 10 (${worst.event}, the worst)`, ratio: worst.value / worst.before },
    };
  });
}

const QUANTITIES: readonly {
  readonly name: string;
  readonly unit: Figure['unit'];
  readonly of: (event: EventMeasure) => number;
  /** Whether it is Kite's own, and not the machine's or the engine's. */
  readonly exact: boolean;
}[] = [
  {
    name: 'requests of a day',
    unit: 'requests',
    of: ({ dynamodb }) => sum(Object.values(dynamodb.requests)),
    exact: true,
  },
  {
    name: 'capacity units',
    unit: 'units',
    of: ({ dynamodb }) => dynamodb.readUnits + dynamodb.writeUnits,
    exact: true,
  },
  { name: 'bytes answered', unit: 'bytes', of: ({ dynamodb }) => dynamodb.bytes, exact: true },
  { name: 'time in the engine', unit: 'ms', of: ({ dynamodb }) => dynamodb.engineTime, exact: false },
];
