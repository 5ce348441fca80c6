import { FrameMeter } from '../../../../emulators/aws/api-gateway/frame-meter';

function frame(length: number): Buffer {
  const mask = Buffer.alloc(4, 1);
  const size =
    length < 126
      ? Buffer.from([0x80 | length])
      : length < 65536
        ? Buffer.from([0x80 | 126, length >> 8, length & 255])
        : Buffer.from([0x80 | 127, 0, 0, 0, 0, 0, (length >> 16) & 255, (length >> 8) & 255, length & 255]);
  return Buffer.concat([Buffer.from([0x81]), size, mask, Buffer.alloc(length, 120)]);
}

test.each([1, 2, 3, 7, 64, 1000, 100_000])('frames are told apart in chunks of %i bytes', (chunkSize) => {
  const lengths = [0, 5, 125, 126, 300, 1000, 0, 1, 999];
  const meter = new FrameMeter(1000);
  const fine = Buffer.concat(lengths.map(frame));
  for (let at = 0; at < fine.length; at += chunkSize) {
    expect(meter.exceedsLimit(fine.subarray(at, at + chunkSize))).toBe(false);
  }
  const long = frame(1001);
  const verdicts: boolean[] = [];
  for (let at = 0; at < Math.min(long.length, 20); at += chunkSize) {
    verdicts.push(meter.exceedsLimit(long.subarray(at, Math.min(at + chunkSize, 20))));
    if (verdicts.at(-1)) break;
  }
  expect(verdicts.at(-1)).toBe(true);
});

test('a length of eight bytes is read', () => {
  expect(new FrameMeter(70_000).exceedsLimit(frame(70_000))).toBe(false);
  expect(new FrameMeter(69_999).exceedsLimit(frame(70_000))).toBe(true);
});
