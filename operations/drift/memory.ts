import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

/** What the last report said, in so far as the next one has to know. Holds no values. */
export interface LastReport {
  readonly findings: readonly RememberedFinding[];
  /** Checks that failed, by stack. */
  readonly failures: readonly RememberedFailure[];
  /** Stacks that were deployed. @default - unknown */
  readonly deployed?: readonly string[];
}

export interface RememberedFinding {
  readonly id: string;
  readonly stack: string;
  readonly kind: string;
  readonly address: string;
  readonly fingerprint: string;
}

export interface RememberedFailure {
  readonly stack: string;
  readonly fingerprint: string;
  /** When it was last mailed: ISO-8601. */
  readonly mailedAt: string;
}

/** Where the last report is kept. */
export interface ReportMemory {
  read(): Promise<LastReport>;
  write(report: LastReport): Promise<void>;
}

/** The key of the last report: the only object that the drift check may write. */
export const LAST_REPORT_KEY = 'drift-check/last-report.json';

/** Keeps the last report in the artifact bucket. */
export class BucketMemory implements ReportMemory {
  private readonly s3 = new S3Client({ forcePathStyle: true });

  constructor(private readonly bucket: string) {}

  async read(): Promise<LastReport> {
    try {
      const answer = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: LAST_REPORT_KEY }));
      return JSON.parse((await answer.Body?.transformToString()) ?? '') as LastReport;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return { findings: [], failures: [] };
      throw error;
    }
  }

  async write(report: LastReport): Promise<void> {
    const body = JSON.stringify(report, undefined, 2);
    await this.s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: LAST_REPORT_KEY, Body: body, ContentType: 'application/json' }),
    );
  }
}
