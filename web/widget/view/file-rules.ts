import { fileLimit, FILE_TYPES } from '../../../lambdas/chat/model/file-limits';
import { fill, type Words } from './words';

/** For the `accept` attribute of a file input. */
export const ACCEPTED_TYPES = FILE_TYPES.join(',');

/** Why the server would not take a file. */
export type FileRefusal =
  { readonly kind: 'type' } | { readonly kind: 'empty' } | { readonly kind: 'size'; readonly limit: number };

/** Checks before anything is sent what the server will check again; undefined if the file is fine. */
export function refuseFile(file: { readonly type: string; readonly size: number }): FileRefusal | undefined {
  const limit = fileLimit(file.type);
  if (limit === undefined) return { kind: 'type' };
  if (file.size === 0) return { kind: 'empty' };
  return file.size > limit ? { kind: 'size', limit } : undefined;
}

/** A refusal in words. */
export function inWords(refusal: FileRefusal, words: Words): string {
  switch (refusal.kind) {
    case 'type':
      return words.wrongType;
    case 'empty':
      return words.emptyFile;
    case 'size':
      return fill(words.tooLarge, { size: `${Number((refusal.limit / 1024 / 1024).toFixed(1))} MB` });
  }
}

/** Says that a file was not added, and why the server would not take it; undefined if the file is fine. */
export function refusalOf(file: File, words: Words): string | undefined {
  const refusal = refuseFile(file);
  return refusal && `${fill(words.notAdded, { name: file.name })} ${inWords(refusal, words)}`;
}
