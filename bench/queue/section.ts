import { against, type Figure } from '../figure';
import type { Section } from '../section';
import { simulateQueue, type QueueRun } from './simulation';

/** In parts of what Telegram takes for one group. */
const LOADS = [0.5, 1, 2, 5, 10];

/** How long visitors write in the short run and in the long one, minutes. */
const MINUTES = { some: 2, all: 5 };

/** The queue to Telegram, in virtual time: `npm run bench:queue` prints the whole of it. */
export const queue: Section = {
  name: 'queue',
  title: 'The queue to Telegram, at up to ten times the limit of a group',
  async measure({ all, progress }) {
    const figures: Figure[] = [];
    for (const factor of LOADS) {
      progress(`${factor}x`);
      const load = { factor, minutes: all ? MINUTES.all : MINUTES.some, visitors: 24, seed: 1 };
      figures.push(...figuresOf(await simulateQueue({ ...load, group: 'supergroup' })));
    }
    return figures;
  },
};

function figuresOf(run: QueueRun): Figure[] {
  const at = `${run.load.factor}x the limit`;
  const longest: Figure = { name: `${at}: longest delay`, value: run.delays.max / 1000, unit: 's' };
  const best = run.unavoidable.max / 1000;
  return [
    { name: `${at}: median delay`, value: run.delays.median / 1000, unit: 's', note: 'virtual time' },
    best > 0 ? against(longest, 'what the limit alone makes of it', best) : longest,
    {
      name: `${at}: lost, repeated or overtaken`,
      value: run.lost + run.repeated + run.overtaken + run.deadLetters,
      unit: 'count',
      aim: { of: 'value', atMost: 0 },
    },
  ];
}
