import { fileRefusal } from '../../../../lambdas/chat/files';
import { DEFAULT_FILE_LIMITS, fileLimits } from '../../../../lambdas/chat/model/file-limits';

const MEBIBYTE = 1024 * 1024;

test.each([
  ...['text/plain', 'text/csv', 'image/heic', 'audio/mpeg', 'audio/ogg', 'video/quicktime', 'application/msword'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'application/vnd.oasis.opendocument.spreadsheet',
])('visitors may send %s of 20 MiB, and no byte more', (type) => {
  expect(fileRefusal(DEFAULT_FILE_LIMITS, type, 20 * MEBIBYTE)).toBeUndefined();
  expect(fileRefusal(DEFAULT_FILE_LIMITS, type, 20 * MEBIBYTE + 1)).toMatchObject({ code: 413 });
  expect(fileRefusal(DEFAULT_FILE_LIMITS, type, 0)).toMatchObject({ code: 400, reason: 'The file is empty' });
});

test.each(['text/html', 'image/svg+xml', 'application/x-msdownload', 'constructor', '__proto__'])(
  'visitors may not send %s',
  (type) => {
    expect(fileRefusal(DEFAULT_FILE_LIMITS, type, 1)).toMatchObject({
      code: 400,
      reason: `Files of type ${type} cannot be sent here`,
    });
  },
);

test('a deployment adds types, forbids some, and sets sizes', () => {
  const limits = fileLimits('  image/svg+xml=5 application/zip=0\tVIDEO/*=50 ');
  expect(limits.get('image/svg+xml')).toBe(5 * MEBIBYTE);
  expect(limits.has('application/zip')).toBe(false);
  expect([limits.get('video/mp4'), limits.get('video/quicktime')]).toEqual([50 * MEBIBYTE, 50 * MEBIBYTE]);
  expect(limits.get('image/png')).toBe(DEFAULT_FILE_LIMITS.get('image/png'));
  expect([...fileLimits('*=0 image/png=3')]).toEqual([['image/png', 3 * MEBIBYTE]]);
  expect([...fileLimits('*=0')]).toEqual([]);
  expect(fileLimits('')).toEqual(DEFAULT_FILE_LIMITS);
});

test.each(['image/png', 'png=5', 'image/png=5mb', 'image/png=51', 'image/png=-1', 'nothing/*=5', '=5', 'image/png=5,'])(
  'the change %j is refused with what to write',
  (change) => {
    expect(() => fileLimits(`image/gif=1 ${change}`)).toThrow(
      `"${change}" does not say what may be sent: write <type>=<MiB> with at most 50 MiB, for example`,
    );
  },
);
