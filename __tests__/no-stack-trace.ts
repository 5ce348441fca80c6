/** In place of cdktf's: it takes a stack trace of every token, and jest maps each frame to its source, which is most of a synthesis. */
export function captureStackTrace(): string[] {
  return [];
}
