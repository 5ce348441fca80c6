/** A bucket in memory. */
export class FakeS3 {
  readonly objects = new Map<string, { body: Buffer; metadata: Record<string, string> }>();

  send(command: unknown): never {
    const { constructor, input } = command as {
      constructor: { name: string };
      input: { Key: string; Body?: Uint8Array; Metadata?: Record<string, string>; CopySource?: string };
    };
    return Promise.resolve().then(() => this.answer(constructor.name, input)) as never;
  }

  private answer(
    name: string,
    input: { Key: string; Body?: Uint8Array; Metadata?: Record<string, string>; CopySource?: string },
  ): object {
    switch (name) {
      case 'PutObjectCommand':
        this.objects.set(input.Key, { body: Buffer.from(input.Body ?? []), metadata: input.Metadata ?? {} });
        return {};
      case 'CopyObjectCommand': {
        const source = this.objects.get((input.CopySource ?? '').replace(/^[^/]*\//, ''));
        if (!source) throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
        this.objects.set(input.Key, source);
        return {};
      }
      case 'GetObjectCommand': {
        const object = this.objects.get(input.Key);
        if (!object) throw Object.assign(new Error('The specified key does not exist.'), { name: 'NoSuchKey' });
        return { Body: { transformToByteArray: async () => object.body }, Metadata: object.metadata };
      }
      default:
        throw new Error(`The fake knows no ${name}.`);
    }
  }
}
