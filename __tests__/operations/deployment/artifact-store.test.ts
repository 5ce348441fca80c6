import { createHash } from 'node:crypto';
import { LIFECYCLE, REQUEST_DISPATCHER } from '../../../operations/deployment/artifact';
import { ArtifactStore } from '../../../operations/deployment/artifact-store';
import { promotedTag } from '../../../operations/deployment/promotion';
import { FakeS3 } from './fake-s3';

const COMMIT = 'a'.repeat(40);
const ARM = { kind: 'native', architecture: 'arm64' };

let s3: FakeS3;
let store: ArtifactStore;
beforeEach(() => {
  s3 = new FakeS3();
  store = new ArtifactStore(s3, 'artifacts');
});

test('a build is kept under its commit, with a checksum that sha256sum can check', async () => {
  expect(await store.store(REQUEST_DISPATCHER, COMMIT, Buffer.from('zip'), ARM)).toBe('stored');
  expect([...s3.objects.keys()]).toEqual([
    `request-dispatcher/${COMMIT}/function.zip`,
    `request-dispatcher/${COMMIT}/function.zip.sha256`,
  ]);
  expect(s3.objects.get(`request-dispatcher/${COMMIT}/function.zip.sha256`)?.body.toString()).toBe(
    `${createHash('sha256').update('zip').digest('hex')}  function.zip\n`,
  );
  expect(await store.find(REQUEST_DISPATCHER, COMMIT)).toMatchObject({
    bucket: 'artifacts',
    key: `request-dispatcher/${COMMIT}/function.zip`,
    ...ARM,
  });
});

test('building a commit again stores nothing new', async () => {
  await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM);
  expect(await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM)).toBe('kept');
});

test('a commit that comes out differently the second time is refused', async () => {
  await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM);
  await expect(store.store(LIFECYCLE, COMMIT, Buffer.from('other'), ARM)).rejects.toThrow(
    /lifecycle\.zip was built before .* something outside the commit has changed/,
  );
});

test('a build for another architecture replaces the one before', async () => {
  await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM);
  await store.store(LIFECYCLE, COMMIT, Buffer.from('other'), { kind: 'native', architecture: 'x86_64' });
  expect(await store.find(LIFECYCLE, COMMIT)).toMatchObject({ architecture: 'x86_64' });
});

test('an upload that was interrupted before its checksum counts as never built', async () => {
  await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM);
  s3.objects.delete(`lifecycle/${COMMIT}/lifecycle.zip.sha256`);
  await expect(store.find(LIFECYCLE, COMMIT)).rejects.toThrow('was never built');
});

test('the latest build is the same bytes with the same checksum', async () => {
  await store.store(LIFECYCLE, COMMIT, Buffer.from('zip'), ARM);
  await store.markLatest(LIFECYCLE, COMMIT);
  const { codeSha256 } = await store.find(LIFECYCLE, COMMIT);
  expect(await store.find(LIFECYCLE, 'latest')).toMatchObject({ key: 'lifecycle/latest/lifecycle.zip', codeSha256 });
});

test('only a pushed tag promotes', () => {
  expect(promotedTag({ trigger: 'tag/v1.2.0', initiator: 'GitHub-Hookshot/1a2b3c4' })).toBe('v1.2.0');
  const refused = [
    { trigger: 'branch/main', initiator: 'GitHub-Hookshot/1a2b3c4' },
    { trigger: 'pr/7', initiator: 'GitHub-Hookshot/1a2b3c4' },
    { trigger: 'by hand', initiator: 'somebody' },
  ];
  for (const build of refused) {
    expect(() => promotedTag(build)).toThrow(
      `Only a pushed tag promotes to prod; this build was started by ${build.initiator} (${build.trigger}).`,
    );
  }
});
