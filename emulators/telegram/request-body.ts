import type { IncomingMessage } from 'node:http';
import { isRecord, parsed } from '../../json';
import { readLimited } from '../limited-body';
import { BotApiError, badRequest } from './bot-api-error';
import { Parameters } from './parameters';
import type { UploadedFile } from './uploaded-file';

/** Bots upload at most 50 MB; https://core.telegram.org/bots/api#sending-files */
export const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;

/** Room for the parts around the file. */
const MAX_BODY_BYTES = MAX_UPLOAD_BYTES + 1024 * 1024;

/** @throws BotApiError 413 when the body is larger than Telegram takes */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const body = await readLimited(request, MAX_BODY_BYTES);
  if (!body) throw new BotApiError(413, 'Request Entity Too Large');
  return body;
}

/** Reads a call's parameters from the query string and from a body of any of the four kinds. */
export async function readParameters(request: IncomingMessage, query: URLSearchParams): Promise<Parameters> {
  const values: Record<string, unknown> = Object.fromEntries(query);
  const files = new Map<string, UploadedFile>();
  const type = request.headers['content-type'] ?? '';
  const body = await readBytes(request);
  if (type.startsWith('multipart/form-data')) {
    for (const part of multipartParts(body, type)) {
      if (part.fileName === undefined) values[part.field] = part.content.toString('utf8');
      else files.set(part.field, { name: part.fileName, mimeType: part.mimeType, content: part.content });
    }
  } else if (type.startsWith('application/json')) {
    Object.assign(values, parseJson(body));
  } else if (body.length > 0) {
    Object.assign(values, Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  }
  return new Parameters(values, files);
}

function parseJson(body: Buffer): object {
  if (body.length === 0) return {};
  const value = parsed(body.toString('utf8'));
  if (isRecord(value)) return value;
  throw badRequest("can't parse JSON object");
}

interface Part {
  readonly field: string;
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly content: Buffer;
}

/** The parts of a multipart/form-data body (RFC 7578). */
function* multipartParts(body: Buffer, contentType: string): Generator<Part> {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (!boundary) throw badRequest('boundary of the multipart body is missing');
  const delimiter = Buffer.from(`--${boundary}`);
  let start = body.indexOf(delimiter);
  while (start !== -1) {
    start += delimiter.length;
    if (body.subarray(start, start + 2).toString() === '--') return;
    const next = body.indexOf(Buffer.from(`\r\n--${boundary}`), start);
    if (next === -1) return;
    const headEnd = body.indexOf('\r\n\r\n', start);
    if (headEnd !== -1 && headEnd < next) {
      const part = readPart(body.subarray(start, headEnd).toString('utf8'), body.subarray(headEnd + 4, next));
      if (part) yield part;
    }
    start = next + 2;
  }
}

/**
 * Reads a part as Telegram's server does: parameters end at a semicolon even between quotes, nothing is unescaped, and of
 * two with one name the last one holds (https://github.com/tdlib/td/blob/master/tdnet/td/net/HttpReader.cpp).
 */
function readPart(head: string, content: Buffer): Part | undefined {
  const disposition = /^content-disposition:\s*form-data;(.*)$/im.exec(head)?.[1] ?? '';
  const parameters = new Map(
    disposition.split(';').flatMap((parameter) => {
      const [, key, value = ''] = /^\s*([^=]+?)\s*=\s*(.*?)\s*$/.exec(parameter) ?? [];
      return key === undefined ? [] : [[key, value.replace(/^"(.*)"$/, '$1')] as const];
    }),
  );
  const field = parameters.get('name');
  if (!field) return undefined;
  return {
    field,
    fileName: parameters.get('filename'),
    mimeType: /^content-type:\s*(.+?)\s*$/im.exec(head)?.[1],
    content,
  };
}
