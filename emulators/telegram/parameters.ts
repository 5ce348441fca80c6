import type { Update } from 'grammy/types';
import { badRequest } from './bot-api-error';
import type { UploadedFile } from './uploaded-file';
import { isRecord, parsed, record } from '../../json';

/**
 * The parameters of one call. Telegram takes them from the query, a form, JSON or multipart alike: numbers and
 * booleans may come as strings, objects and lists as JSON text.
 */
export class Parameters {
  constructor(
    readonly values: Readonly<Record<string, unknown>>,
    private readonly files: ReadonlyMap<string, UploadedFile> = new Map(),
  ) {}

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null && this.values[name] !== '';
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === '') return undefined;
    return /^-?\d+$/.test(text.trim()) ? Number(text) : undefined;
  }

  flag(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    return text === 'true' || text === 'yes' || text === '1';
  }

  /** An object, sent as such or as JSON text. */
  object(name: string): Parameters | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (!isRecord(value)) throw badRequest(`can't parse ${name.replaceAll('_', ' ')}: expected an Object`);
    return new Parameters(value, this.files);
  }

  /** A list, sent as such or as JSON text. */
  list(name: string): unknown[] | undefined {
    const value = this.json(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw badRequest(`can't parse ${name.replaceAll('_', ' ')}: expected an Array`);
    return value;
  }

  /** The members of a list of objects, each able to see this call's uploads. */
  objects(name: string): Parameters[] {
    return (this.list(name) ?? []).map((value) => new Parameters(record(value), this.files));
  }

  /** An upload: the part of that name, or the part an `attach://` value names. */
  upload(name: string): UploadedFile | undefined {
    const attached = /^attach:\/\/(.+)$/.exec(this.text(name) ?? '')?.[1];
    return this.files.get(attached ?? name);
  }

  updateKinds(name: string): Exclude<keyof Update, 'update_id'>[] | undefined {
    const list = this.list(name);
    return list?.filter((kind): kind is string => typeof kind === 'string') as
      Exclude<keyof Update, 'update_id'>[] | undefined;
  }

  private json(name: string): unknown {
    const value = this.values[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') return value;
    const read = parsed(value);
    if (read === undefined) throw badRequest(`can't parse ${name.replaceAll('_', ' ')} JSON object`);
    return read;
  }
}
