import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFileBatch } from './file-batch';
import { commonCode, type FunctionCode } from '../../bench/function-code';

const MIB = 1024 * 1024;

/** Three quarters of the memory that the function has by default. */
const BOUND = 192 * MIB;

const onLinux = process.platform === 'linux';
if (!onLinux) console.log(`The peak memory of a process cannot be read on ${process.platform}.`);
const describeOnLinux = onLinux ? describe : describe.skip; // Only Linux tells the peak memory of a process. CI runs it.

describeOnLinux('ten files of 20 MiB in one batch', () => {
  let folder: string;
  let code: FunctionCode;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kite-file-batch-'));
    code = await commonCode(folder);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    ['the operators', 'to-host'],
    ['visitors in Telegram', 'to-chat'],
  ] as const)(
    'reach %s, or are left to the next batch, within the memory of the function',
    async (_who, way) => {
      const { peakMemory, arrived, atOnce, failed, pokes } = await runFileBatch(code, {
        way,
        files: 10,
        bytes: 20 * MIB,
      });
      expect(Math.round(peakMemory / MIB)).toBeLessThan(BOUND / MIB);
      expect({ failed, together: arrived.length + pokes, atOnce }).toEqual({ failed: 0, together: 10, atOnce: 1 });
      expect(Math.min(...arrived)).toBeGreaterThan(20 * MIB);
    },
    120_000,
  );
});
