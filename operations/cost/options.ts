import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { PRICED_REGIONS } from './prices';

export const HELP = `Calculates what Kite costs in AWS, in dollars a month, from measured requests and a table of prices.

  npm run cost -- --visitors 1000 --messages 20 --replies 20

  --visitors <n>[,<n>...]   visitors a month, each of one visit; several numbers make several columns
  --messages <n>            messages that each of them writes                  (20)
  --replies <n>             replies that each of them gets                     (20)
  --files <n>               files that each of them sends                      (0)
  --minutes <n>             how long each of them is connected                 (15)
  --region <region>         ${PRICED_REGIONS.join(', ')}              (us-east-1)
  --prices <file>           prices from a JSON file, as --json prints them
  --architecture <name>     arm64 or x86_64                                    (arm64)
  --stages <1|2>            dev, or dev and prod; the visitors are in the last (1)
  --builds <n>              pushes to main a month                             (20)
  --no-free-tier            without the monthly free tier of every account
  --json                    usage, prices and bills as JSON
  --write                   updates the tables in docs/cost.md
  --help
`;

const LARGEST = 1_000_000_000;

const number = (name: string, smallest: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,10}$/, ({ input }) => `--${name} is a whole number, not "${input}".`),
    v.transform(Number),
    v.minValue(smallest, `--${name} is at least ${smallest}.`),
    v.maxValue(LARGEST, `--${name} is at most ${LARGEST}.`),
  );

const count = (name: string, fallback: string, smallest = 0) => v.optional(number(name, smallest), fallback);

const oneOf = <const T extends readonly string[]>(name: string, values: T, fallback: T[number]) =>
  v.optional(
    v.picklist(values, ({ received }) => `--${name} is ${values.join(', or ')}, not ${received}.`),
    fallback,
  );

const Values = v.object({
  visitors: v.pipe(
    v.optional(v.string(), ''),
    v.nonEmpty('--visitors is missing: say how many a month, for example --visitors 1000.'),
    v.transform((text) => text.split(',')),
    v.array(number('visitors', 1)),
  ),
  messages: count('messages', '20', 1),
  replies: count('replies', '20'),
  files: count('files', '0'),
  minutes: count('minutes', '15', 1),
  region: oneOf('region', PRICED_REGIONS, 'us-east-1'),
  /** A file with prices, used in place of the table. */
  prices: v.optional(v.string()),
  architecture: oneOf('architecture', ['arm64', 'x86_64'], 'arm64'),
  stages: v.pipe(
    oneOf('stages', ['1', '2'], '1'),
    v.transform((text): 1 | 2 => (text === '1' ? 1 : 2)),
  ),
  builds: count('builds', '20'),
  'no-free-tier': v.optional(v.boolean(), false),
  json: v.optional(v.boolean(), false),
});

/** The command line's values. */
export type CostOptions = Omit<v.InferOutput<typeof Values>, 'no-free-tier'> & { readonly freeTier: boolean };

/** Reads the command line. @throws Error that lists all mistakes, a line for each */
export function readCostOptions(args: readonly string[]): CostOptions | 'help' | 'write' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ visitors: text, messages: text, replies: text, files: text, minutes: text, region: text, prices: text },
      ...{ architecture: text, stages: text, builds: text },
      ...{ 'no-free-tier': flag, json: flag, write: flag, help: flag },
    },
  });
  if (values.help) return 'help';
  if (values.write) return 'write';
  const read = v.safeParse(Values, values);
  if (!read.success) throw new Error(read.issues.map(({ message }) => message).join('\n'));
  const { 'no-free-tier': noFreeTier, ...options } = read.output;
  return { ...options, freeTier: !noFreeTier };
}
