import { fileRefusal } from '../../../../lambdas/chat/files';
import { DEFAULT_FILE_LIMITS } from '../../../../lambdas/chat/model/file-limits';

const refused = (type: string, size: number) => fileRefusal(DEFAULT_FILE_LIMITS, type, size)?.code;

test.each([
  ['image/png', 5],
  ['application/pdf', 20],
])('a file of type %s may have %i MiB to the byte, and must have one', (type, mebibytes) => {
  const limit = mebibytes * 1024 * 1024;
  expect([-1, 0, 1, limit - 1, limit, limit + 1].map((size) => refused(type, size))).toEqual([
    ...[400, 400, undefined, undefined, undefined, 413],
  ]);
});

test('a file of another type is refused whatever its size', () => {
  expect([0, 1].map((size) => refused('application/x-msdownload', size))).toEqual([400, 400]);
});
