import { CopyObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { Refusal } from '../command';
import { artifactKey, type ArtifactName, type BuildFlavour, type StoredArtifact } from './artifact';

/** The artifact bucket: what was built for which commit, with its SHA-256 beside it. */
export class ArtifactStore {
  constructor(
    private readonly s3: Pick<S3Client, 'send'>,
    private readonly bucket: string,
  ) {}

  /** The store in a bucket of the account that the environment names. */
  static inBucket(bucket: string): ArtifactStore {
    // An emulated account also understands the path style.
    return new ArtifactStore(new S3Client({ forcePathStyle: true }), bucket);
  }

  /**
   * Keeps a zip under its commit. What is there already is left as it is if it is the same; a build for another kind or
   * architecture replaces it (the bucket keeps the replaced version).
   *
   * Throws a Refusal if the commit was built before for the same kind and architecture and came out differently.
   */
  async store(name: ArtifactName, commit: string, zip: Uint8Array, flavour: BuildFlavour): Promise<'stored' | 'kept'> {
    const key = artifactKey(name, commit);
    const hex = sha256(zip).toString('hex');
    const before = await this.notedChecksum(key);
    if (before === hex) return 'kept';
    if (before !== undefined) {
      const { kind, architecture } = await this.flavourOf(key);
      if (kind === flavour.kind && architecture === flavour.architecture) {
        throw new Refusal(
          `s3://${this.bucket}/${key} was built before and had the SHA-256 ${before}; now it is ${hex}. ` +
            'Builds of one commit are the same bytes, so something outside the commit has changed. ' +
            'Find out what; then delete the object and its .sha256 and build again.',
        );
      }
    }
    await this.put(key, zip, 'application/zip', { commit, ...flavour });
    // Last, so that an upload that broke off counts as never built.
    await this.put(`${key}.sha256`, Buffer.from(`${hex}  ${name.file}\n`), 'text/plain', {});
    return 'stored';
  }

  /**
   * The zip that was built for a commit.
   *
   * Throws a Refusal if there is none, or if its bytes are not those that were stored.
   */
  async find(name: ArtifactName, commit: string): Promise<StoredArtifact> {
    const key = artifactKey(name, commit);
    const noted = await this.notedChecksum(key);
    const object = noted === undefined ? undefined : await this.get(key);
    if (noted === undefined || object === undefined) {
      throw new Refusal(
        `Commit ${commit} was never built: there is no s3://${this.bucket}/${key} with its .sha256. ` +
          'Only what a push to main has built can be deployed.',
      );
    }
    const digest = sha256(object.body);
    if (digest.toString('hex') !== noted) {
      throw new Refusal(
        `s3://${this.bucket}/${key} is not what was built for ${commit}: its SHA-256 is ${digest.toString('hex')}, ` +
          `and it was ${noted} when it was built. Nothing was deployed. Find out who changed it (the bucket keeps the versions).`,
      );
    }
    return { bucket: this.bucket, key, codeSha256: digest.toString('base64'), ...object.flavour };
  }

  /** The same as `find`, for places where it is no error that there is none. */
  async findIfAny(name: ArtifactName, commit: string): Promise<StoredArtifact | undefined> {
    return this.find(name, commit).catch((error: unknown) => {
      if (error instanceof Refusal) return undefined;
      throw error;
    });
  }

  /** Makes the build of a commit the one that a new function starts with. */
  async markLatest(name: ArtifactName, commit: string): Promise<void> {
    const from = artifactKey(name, commit);
    const to = artifactKey(name, 'latest');
    for (const ending of ['', '.sha256']) {
      await this.s3.send(
        new CopyObjectCommand({ Bucket: this.bucket, Key: to + ending, CopySource: `${this.bucket}/${from}${ending}` }),
      );
    }
  }

  private async notedChecksum(key: string): Promise<string | undefined> {
    const object = await this.get(`${key}.sha256`);
    return object && Buffer.from(object.body).toString().trim().split(/\s+/)[0];
  }

  private async flavourOf(key: string): Promise<Partial<BuildFlavour>> {
    return (await this.get(key))?.flavour ?? {};
  }

  private async get(key: string): Promise<{ body: Uint8Array; flavour: Partial<BuildFlavour> } | undefined> {
    try {
      const answer = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      return { body, flavour: { kind: answer.Metadata?.kind, architecture: answer.Metadata?.architecture } };
    } catch (error) {
      if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound')) return undefined;
      throw error;
    }
  }

  private async put(key: string, body: Uint8Array, type: string, metadata: Record<string, string>): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: type, Metadata: metadata }),
    );
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
