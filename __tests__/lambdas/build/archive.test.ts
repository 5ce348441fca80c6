import { fromBuffer, type Entry } from 'yauzl';
import { archive } from '../../../lambdas/build/archive';

function entries(zip: Uint8Array): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(Buffer.from(zip), (error, file) => {
      if (error || !file) return reject(error);
      const found: Entry[] = [];
      file.on('entry', (entry: Entry) => found.push(entry));
      file.on('end', () => resolve(found));
    });
  });
}

test('Lambda may execute what is in the zip, and the time in it is always the same', async () => {
  const [entry, ...others] = await entries(await archive({ bootstrap: Buffer.from('#!/bin/sh\n') }));
  expect(others).toEqual([]);
  expect(entry?.fileName).toBe('bootstrap');
  expect((entry!.externalFileAttributes >>> 16).toString(8)).toBe('100755');
  expect([entry?.lastModFileDate, entry?.lastModFileTime]).toEqual([0x21, 0]); // 1980-01-01 00:00
});

test('another unzip program finds the content whole', async () => {
  const content = Buffer.alloc(3_000_000, 'kite flies ');
  const zip = await archive({ bootstrap: content });
  const found = await new Promise<Buffer>((resolve, reject) => {
    fromBuffer(Buffer.from(zip), { lazyEntries: true }, (error, file) => {
      if (error || !file) return reject(error);
      file.on('entry', (entry: Entry) =>
        file.openReadStream(entry, (failed, stream) => {
          if (failed || !stream) return reject(failed);
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
        }),
      );
      file.readEntry();
    });
  });
  expect(found.equals(content)).toBe(true);
});
