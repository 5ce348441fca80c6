import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Refusal } from '../command';
import type { Deployment } from './deployment';

/** What a turn is taken with. */
export interface TurnProps {
  readonly s3: Pick<S3Client, 'send'>;
  readonly bucket: string;
  readonly stage: string;
  /** The build that wants the turn: `CODEBUILD_BUILD_ID`. */
  readonly build: string;
  /** Told who is waited for. */
  readonly say: (line: string) => void;
}

/** Where a stage's turn and its last deployment are kept. */
export function turnKey(stage: string): string {
  return `deployments/${stage}.json`;
}

/** What the object holds. */
interface Note {
  /** The build whose turn it is. */
  readonly holder?: string;
  /** Grows with each renewal, so that the ETag changes. */
  readonly beat?: number;
  readonly last?: Deployment;
}

interface StoredNote {
  readonly note: Note;
  readonly body?: string;
  /** Undefined if there is no object yet. */
  readonly etag?: string;
}

/** How often the holder renews its turn, in milliseconds. */
const RENEWAL = 15_000;
/** How long the holder may work after a renewal, in milliseconds. */
const LEASE = 60_000;
/** How long a turn must stand still until it counts as abandoned: the lease, and what a last call may take. */
const ABANDONED = LEASE + 30_000;
/** How often a waiting build looks, in milliseconds. */
const LOOK = 5000;
/** How long a build waits, in milliseconds. */
const PATIENCE = 10 * 60_000;

/**
 * The right to deploy to a stage: one build at a time has it, however many run.
 *
 * One object of the artifact bucket holds who has the turn and what was deployed last. Conditional writes decide between two
 * builds that want it at once (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). A holder that dies stops
 * renewing, and another build takes over; both measure by their own clocks, so that they need not agree on the time.
 */
export class StageTurn {
  private renewedAt: number;
  private ended = false;
  /** The write under way; the next one needs its ETag. */
  private writing: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly props: TurnProps,
    private stored: StoredNote,
    takenAt: number,
  ) {
    this.renewedAt = takenAt;
    this.timer = setInterval(() => {
      this.writing = this.writing.then(() => this.renew());
    }, RENEWAL);
    this.timer.unref();
  }

  /** Waits until it is this build's turn. Throws a Refusal if another build keeps it for too long. */
  static async take(props: TurnProps): Promise<StageTurn> {
    const begun = performance.now();
    let seen: { readonly etag: string | undefined; readonly at: number } | undefined;
    let told: string | undefined;
    for (;;) {
      const stored = await read(props);
      const now = performance.now();
      const { holder, last } = stored.note;
      if (seen === undefined || seen.etag !== stored.etag) seen = { etag: stored.etag, at: now };
      const abandoned = now - seen.at >= ABANDONED;
      if (holder === undefined || holder === props.build || abandoned) {
        if (abandoned && holder !== undefined) props.say(`Build ${holder} died; its turn is over.`);
        const taken = await write(props, { holder: props.build, beat: 0, last }, stored);
        if (taken) return new StageTurn(props, taken, now);
        continue;
      }
      if (holder !== told) props.say(`Build ${holder} is deploying to ${props.stage}: waiting for it to finish.`);
      told = holder;
      if (now - begun > PATIENCE) {
        throw new Refusal(
          `Build ${holder} has been deploying to ${props.stage} for ${PATIENCE / 60_000} minutes. Nothing was deployed. ` +
            'Stop that build if it hangs, and start this one again.',
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** What was deployed in the turn before, if it ended well. */
  get last(): Deployment | undefined {
    return this.stored.note.last;
  }

  /** Throws a Refusal if the turn is over because it could not be renewed: another build may be deploying. */
  check(): void {
    if (!this.ended && performance.now() - this.renewedAt < LEASE) return;
    throw new Refusal(`This build has lost its turn to deploy to ${this.props.stage}: another build may have it now.`);
  }

  /** A client whose calls fail as soon as the turn is over. */
  guard<C extends { send: (command: never) => unknown }>(client: C): Pick<C, 'send'> {
    const send = async (command: never): Promise<unknown> => {
      this.check();
      return client.send(command);
    };
    return { send: send as C['send'] };
  }

  /** Gives the turn to the next build. `deployed`: what the stage has now. @default - what it had before */
  async end(deployed?: Deployment): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.timer);
    await this.writing;
    await write(this.props, { last: deployed ?? this.last }, this.stored);
  }

  private async renew(): Promise<void> {
    if (this.ended) return;
    const now = performance.now();
    try {
      const renewed = await write(
        this.props,
        { ...this.stored.note, beat: (this.stored.note.beat ?? 0) + 1 },
        this.stored,
      );
      if (!renewed) return;
      this.stored = renewed;
      this.renewedAt = now;
    } catch {
      // Tried again at the next beat; without any that succeeds, the lease ends.
    }
  }
}

async function read({ s3, bucket, stage }: TurnProps): Promise<StoredNote> {
  try {
    const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: turnKey(stage) }));
    const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []).toString();
    return { note: JSON.parse(body) as Note, body, etag: answer.ETag };
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return { note: {} };
    throw error;
  }
}

/** Replaces what was read; undefined if another build has done so first. */
async function write(props: TurnProps, note: Note, before: StoredNote): Promise<StoredNote | undefined> {
  const body = JSON.stringify(note);
  const condition = before.etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: before.etag };
  try {
    const { ETag: etag } = await props.s3.send(
      new PutObjectCommand({
        Bucket: props.bucket,
        Key: turnKey(props.stage),
        Body: body,
        ContentType: 'application/json',
        ...condition,
      }),
    );
    return { note, body, etag };
  } catch (error) {
    if (!isConflict(error)) throw error;
    // The SDK repeats a call whose answer was lost, and then meets what it has written itself.
    const found = await read(props);
    return found.body === body ? found : undefined;
  }
}

function isConflict(error: unknown): boolean {
  return (
    error instanceof Error && ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'].includes(error.name)
  );
}
