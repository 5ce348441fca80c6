import fc from 'fast-check';
import { commands } from './simulation/commands';
import { SimulatedChat } from './simulation/simulated-chat';

/**
 * `PROPERTY_RUNS` and `PROPERTY_SEED` as in properties.test.ts. A failure prints a seed, a path and a `replayPath`:
 * `PROPERTY_SEED`, `PROPERTY_PATH` and `PROPERTY_REPLAY` repeat just that run.
 */
const { PROPERTY_RUNS = '1', PROPERTY_SEED = '20260102', PROPERTY_PATH, PROPERTY_REPLAY } = process.env;

test(
  'whatever happens, what is acknowledged arrives, in order, once, and reaches nobody else',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          forum: fc.boolean(),
          begun: fc.boolean(),
          seed: fc.nat(),
          // Half of the time everybody has the same clock.
          skews: fc.oneof(
            fc.constant([0]),
            fc.array(fc.integer({ min: -60_000, max: 60_000 }), { minLength: 2, maxLength: 3 }),
          ),
        }),
        fc.commands(commands, {
          maxCommands: 40,
          size: 'max',
          ...(PROPERTY_REPLAY === undefined ? {} : { replayPath: PROPERTY_REPLAY }),
        }),
        async (options, steps) => {
          const chat = await new SimulatedChat(options).start();
          await fc.asyncModelRun(() => ({ model: chat.promises, real: chat }), steps);
          expect(await chat.finish()).toEqual([]);
        },
      ),
      {
        seed: Number(PROPERTY_SEED),
        numRuns: Math.ceil(300 * Number(PROPERTY_RUNS)),
        ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
      },
    );
  },
  120_000 * Math.max(1, Number(PROPERTY_RUNS)),
);
