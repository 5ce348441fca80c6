import { createHash } from 'node:crypto';

interface Input {
  Key: string;
  Body?: Uint8Array | string;
  Metadata?: Record<string, string>;
  CopySource?: string;
  IfMatch?: string;
  IfNoneMatch?: string;
}

/** A bucket in memory. */
export class FakeS3 {
  readonly objects = new Map<string, { body: Buffer; metadata: Record<string, string> }>();

  send(command: unknown): never {
    const { constructor, input } = command as { constructor: { name: string }; input: Input };
    return Promise.resolve().then(() => this.answer(constructor.name, input)) as never;
  }

  private answer(name: string, input: Input): object {
    switch (name) {
      case 'PutObjectCommand': {
        const before = this.etag(input.Key);
        if (input.IfMatch !== undefined && before === undefined) throw noSuchKey();
        if ((input.IfMatch ?? before) !== before || (input.IfNoneMatch === '*' && before !== undefined)) {
          throw Object.assign(new Error('At least one of the pre-conditions you specified did not hold'), {
            name: 'PreconditionFailed',
          });
        }
        this.objects.set(input.Key, { body: Buffer.from(input.Body ?? []), metadata: input.Metadata ?? {} });
        return { ETag: this.etag(input.Key) };
      }
      case 'CopyObjectCommand': {
        const source = this.objects.get((input.CopySource ?? '').replace(/^[^/]*\//, ''));
        if (!source) throw noSuchKey();
        this.objects.set(input.Key, source);
        return {};
      }
      case 'GetObjectCommand': {
        const object = this.objects.get(input.Key);
        if (!object) throw noSuchKey();
        const { body, metadata } = object;
        return { Body: { transformToByteArray: async () => body }, Metadata: metadata, ETag: this.etag(input.Key) };
      }
      default:
        throw new Error(`The fake does not know ${name}.`);
    }
  }

  private etag(key: string): string | undefined {
    const object = this.objects.get(key);
    return object && `"${createHash('md5').update(object.body).digest('hex')}"`;
  }
}

function noSuchKey(): Error {
  return Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
}
