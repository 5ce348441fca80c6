import { LARGEST_FILE } from '../../../lambdas/chat/model/limits';
import { fill, type Words } from './words';

/** Why a file cannot be sent. */
export type FileRefusal =
  { readonly kind: 'type' } | { readonly kind: 'empty' } | { readonly kind: 'size'; readonly limit: number };

/**
 * Checks what every server refuses; undefined if the file may be fine. Which types a server takes, and how large, is set there:
 * it says so before anything is uploaded.
 */
export function refuseFile({ size }: { readonly size: number }): FileRefusal | undefined {
  const limit = LARGEST_FILE * 1024 * 1024;
  if (size === 0) return { kind: 'empty' };
  return size > limit ? { kind: 'size', limit } : undefined;
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

/** Says that a file was not added, and why no server would take it; undefined if the file may be fine. */
export function refusalOf(file: File, words: Words): string | undefined {
  const refusal = refuseFile(file);
  return refusal && `${fill(words.notAdded, { name: file.name })} ${inWords(refusal, words)}`;
}
