import type { IncomingHttpHeaders } from 'node:http';
import type { ObjectFacts } from './object-folder';
import { S3Error } from './s3-error';

const failed = (condition: string): S3Error =>
  new S3Error(
    'PreconditionFailed',
    412,
    `At least one of the pre-conditions you specified did not hold (${condition}).`,
  );

/**
 * Judges the conditional headers of a read (RFC 9110, section 13.2.2).
 * @returns `unchanged` if the answer is 304
 * @throws S3Error 412
 */
export function judgeRead(headers: IncomingHttpHeaders, facts: ObjectFacts): 'send' | 'unchanged' {
  const modified = (name: 'if-modified-since' | 'if-unmodified-since'): number =>
    headers[name] === undefined ? Number.NaN : Date.parse(headers[name]);
  if (headers['if-match'] !== undefined) {
    if (!names(headers['if-match'], facts)) throw failed('If-Match');
  } else if (facts.modifiedAt > modified('if-unmodified-since')) {
    throw failed('If-Unmodified-Since');
  }
  if (headers['if-none-match'] !== undefined) return names(headers['if-none-match'], facts) ? 'unchanged' : 'send';
  return facts.modifiedAt <= modified('if-modified-since') ? 'unchanged' : 'send';
}

/**
 * Judges the conditional headers of a write.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws S3Error 412 or 404
 */
export function judgeWrite(headers: IncomingHttpHeaders, facts: ObjectFacts | undefined): void {
  if (headers['if-none-match'] === '*' && facts) throw failed('If-None-Match');
  if (headers['if-match'] === undefined) return;
  if (!facts) throw new S3Error('NoSuchKey', 404, 'The specified key does not exist.');
  if (!names(headers['if-match'], facts)) throw failed('If-Match');
}

/** The headers of a copy that set conditions to its source, and the headers of a read that mean the same. */
const OF_SOURCE = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'] as const;

/**
 * Judges the conditional headers of a copy that concern its source.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * @throws S3Error 412
 */
export function judgeCopySource(headers: IncomingHttpHeaders, facts: ObjectFacts): void {
  const asRead = Object.fromEntries(
    OF_SOURCE.flatMap((name) => {
      const value = headers[`x-amz-copy-source-${name}`];
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
  if (judgeRead(asRead, facts) === 'unchanged') throw failed('x-amz-copy-source-If-None-Match');
}

/** Bytes from and to, both inclusive. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** Reads a `Range` header with one range; undefined sends everything. @throws S3Error 416 */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from > to) throw new S3Error('InvalidRange', 416, 'The requested range is not satisfiable');
  return { from, to };
}

function names(header: string, { etag }: ObjectFacts): boolean {
  return header.split(',').some((each) => ['*', `"${etag}"`, etag, `W/"${etag}"`].includes(each.trim()));
}
