import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildLambdas } from '../../lambdas/build/main';
import { CodeStore } from '../../emulators/aws/lambda/code-store';
import { compileNodejsRuntime } from '../../emulators/aws/lambda/function-command';
import { AIMS } from '../aims';
import { against, type Aim, type Figure } from '../figure';
import { onNode, type FunctionCode } from '../function-code';
import { evict, type ProcessStart } from '../process-start';
import type { Section, SectionOptions } from '../section';
import { Starter } from '../starter';
import { median, sum } from '../statistics';
import { inTemporaryFolder } from '../temporary-folder';

/** How often each is started. */
const ROUNDS = { warm: 21, cold: 7 };

const FLOOR = 'node -e 0';

/** From process start to the first answered PING. */
export const coldStart: Section = {
  name: 'cold-start',
  title: 'Cold start, to the first answered PING',
  measure: (options) => inTemporaryFolder((folder) => measure(folder, options)),
};

interface Candidate {
  readonly name: string;
  readonly code: FunctionCode;
  readonly zip: string;
  /** The empty handler of the same runtime. */
  readonly floor?: string;
  readonly aim?: Aim;
}

async function measure(folder: string, { progress }: SectionOptions): Promise<Figure[]> {
  progress('building');
  // A copy: files that another process runs cannot be evicted from the page cache.
  const node = join(folder, 'node');
  await copyFile(process.execPath, node);
  const candidates = await prepare(folder, node);
  const starter = await Starter.begin();
  try {
    return [...(await startAll(starter, candidates, node, progress)), ...(await sizes(candidates))];
  } finally {
    await starter.end();
  }
}

async function startAll(
  starter: Starter,
  candidates: readonly Candidate[],
  node: string,
  progress: SectionOptions['progress'],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const cache of ['warm', 'cold'] as const) {
    const starts = new Map<string, ProcessStart[]>();
    const bare: number[] = [];
    const files = [node, ...(await Promise.all(candidates.map(({ code }) => filesOf(code.folder)))).flat()];
    // Round by round, so that other load on the machine affects all alike.
    for (let round = 0; round < ROUNDS[cache]; round += 1) {
      progress(`${cache} page cache, round ${round + 1} of ${ROUNDS[cache]}`);
      const prepared = async () => (cache === 'cold' ? evict(files) : undefined);
      await prepared();
      bare.push((await starter.start({ kind: 'program', program: node, args: ['-e', '0'] })).milliseconds);
      for (const { name, code } of candidates) {
        await prepared();
        starts.set(name, [
          ...(starts.get(name) ?? []),
          await starter.start({ kind: 'function', code, variables: VARIABLES, event: PING }),
        ]);
      }
    }
    figures.push({ name: `${FLOOR}, ${cache} page cache`, value: median(bare), unit: 'ms' });
    for (const { name, aim } of candidates) {
      const value = median((starts.get(name) ?? []).map(({ milliseconds }) => milliseconds));
      const figure = {
        name: `${name}, ${cache} page cache`,
        value,
        unit: 'ms',
        aim: cache === 'warm' ? aim : undefined,
      } as const;
      figures.push(against(figure, FLOOR, median(bare)));
    }
    if (cache === 'warm') figures.push(...overTheFloor(candidates, starts));
  }
  return figures;
}

/** Processor time and memory, which the rest of the machine disturbs less; beside the empty handler's. */
function overTheFloor(candidates: readonly Candidate[], starts: ReadonlyMap<string, ProcessStart[]>): Figure[] {
  const of = (name: string, figure: 'cpu' | 'peakMemory') =>
    median((starts.get(name) ?? []).map((each) => each[figure]));
  return candidates.flatMap(({ name, floor }) => {
    if (floor === undefined) return [];
    const cpu: Figure = { name: `${name}, processor time`, value: of(name, 'cpu'), unit: 'ms' };
    const memory: Figure = { name: `${name}, most memory`, value: of(name, 'peakMemory'), unit: 'bytes' };
    return [against(cpu, floor, of(floor, 'cpu')), against(memory, floor, of(floor, 'peakMemory'))];
  });
}

async function prepare(folder: string, node: string): Promise<readonly Candidate[]> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  const targets = [
    { kind: 'common', architecture: 'any' },
    { kind: 'native', architecture },
  ] as const;
  const kite = await buildLambdas({ targets, out: 'dist' });
  const empty = await buildLambdas({
    targets,
    functions: [{ name: 'empty', entry: 'bench/empty-handler.ts' }],
    out: join('dist', 'bench'),
  });
  const runtime = compileNodejsRuntime(folder);
  const store = new CodeStore(join(folder, 'code'));
  const candidate = async (name: 'function' | 'empty', kind: 'common' | 'native') => {
    const zip =
      [...kite, ...empty].find(({ deployable }) => deployable.name === name && deployable.kind === kind)?.file ?? '';
    const unpacked = await store.folder(store.add(await readFile(zip)));
    const native: FunctionCode = { folder: unpacked, command: [join(unpacked, 'bootstrap')] };
    return { code: kind === 'native' ? native : onNode(unpacked, runtime, node), zip };
  };
  return [
    { name: 'empty handler on Node', ...(await candidate('empty', 'common')) },
    {
      name: 'common build',
      ...(await candidate('function', 'common')),
      floor: 'empty handler on Node',
      aim: AIMS.commonColdStart,
    },
    { name: 'empty native handler', ...(await candidate('empty', 'native')) },
    {
      name: 'native build',
      ...(await candidate('function', 'native')),
      floor: 'empty native handler',
      aim: AIMS.nativeColdStart,
    },
  ];
}

async function sizes(candidates: readonly Candidate[]): Promise<Figure[]> {
  const figures = candidates.map(async ({ name, zip, code }): Promise<Figure[]> => {
    const unpacked = await Promise.all((await filesOf(code.folder)).map(async (file) => (await stat(file)).size));
    return [
      { name: `${name}, zip`, value: (await stat(zip)).size, unit: 'bytes' },
      { name: `${name}, unpacked`, value: sum(unpacked), unit: 'bytes' },
    ];
  });
  return (await Promise.all(figures)).flat();
}

async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).map((file) => join(folder, file));
}

/** What Terraform sets for the function. None of it is used: the function answers PING by itself. */
const VARIABLES = {
  STAGE: 'dev',
  BOT_TOKEN_PARAMETER: '/kite/dev/telegram-bot-token',
  CHANNELS_TABLE: 'dev.Channels',
  MEMBERS_TABLE: 'dev.Members',
  CONNECTIONS_TABLE: 'dev.Connections',
  MESSAGES_TABLE: 'dev.Messages',
  FILES_BUCKET: 'files',
  DELIVERY_QUEUE_URL: 'http://127.0.0.1:9/000000000000/dev-delivery.fifo',
  WEBSOCKET_URL: 'ws://127.0.0.1:9/dev',
  WEBSOCKET_CALLBACK_URL: 'http://127.0.0.1:9/dev',
  API_URL: 'http://127.0.0.1:9/dev',
  RETENTION_DAYS: '90',
  AWS_REGION: 'eu-north-1',
  AWS_ACCESS_KEY_ID: 'kite',
  AWS_SECRET_ACCESS_KEY: 'a-key-that-opens-nothing',
};

const PING = {
  requestContext: {
    eventType: 'MESSAGE',
    routeKey: 'PING',
    connectionId: 'AbCdEfGhIjK=',
    requestTimeEpoch: 0,
    stage: 'dev',
  },
  body: '["PING"]',
  isBase64Encoded: false,
};
