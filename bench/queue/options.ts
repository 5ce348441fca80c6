import { parseArgs } from 'node:util';
import * as v from 'valibot';

export const HELP = `How long messages wait when visitors write faster than Telegram takes it (20 a minute in one group), in virtual time.

  npm run bench:queue -- --loads 0.5,1,2,5,10

  --loads <n>[,<n>...]   messages a minute, in parts of the limit   (0.5,1,2,5,10)
  --minutes <n>          how long they write                        (5)
  --visitors <n>         how many they are                          (24)
  --group <kind>         supergroup, or forum: a topic for each     (supergroup)
  --seed <n>             another seed, other moments                (1)
  --json                 everything as JSON
  --help
`;

const within = (name: string, smallest: number, largest: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,6}(\.\d{1,3})?$/, ({ input }) => `--${name} is a number, not "${input}".`),
    v.transform(Number),
    v.minValue(smallest, `--${name} is at least ${smallest}.`),
    v.maxValue(largest, `--${name} is at most ${largest}.`),
  );

const number = (name: string, fallback: string, smallest: number, largest: number) =>
  v.optional(within(name, smallest, largest), fallback);

const Values = v.object({
  loads: v.pipe(
    v.optional(v.string(), '0.5,1,2,5,10'),
    v.transform((text) => text.split(',')),
    v.array(within('loads', 0.01, 20)),
  ),
  minutes: number('minutes', '5', 1, 60),
  visitors: number('visitors', '24', 1, 500),
  group: v.optional(
    v.picklist(['supergroup', 'forum'], ({ received }) => `--group is supergroup or forum, not ${received}.`),
    'supergroup',
  ),
  seed: number('seed', '1', 0, 999_999),
  json: v.optional(v.boolean(), false),
});

/** Reads the command line. Undefined: help is wanted. @throws Error that says everything that is wrong, a line for each */
export function readQueueOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { loads: text, minutes: text, visitors: text, group: text, seed: text, json: flag, help: flag },
  });
  if (values.help) return undefined;
  const read = v.safeParse(Values, values);
  if (!read.success) throw new Error(read.issues.map(({ message }) => message).join('\n'));
  const { loads, json, ...rest } = read.output;
  return { loads: loads.map((factor) => ({ factor, ...rest })), json };
}
