/** The codes of the wire protocol's errors. */
export type RefusalCode = 400 | 401 | 403 | 404 | 409 | 413 | 429 | 500 | 502;

/** An expected failure, as a value: what the protocol calls an error. */
export interface Refusal {
  readonly kind: 'refused';
  readonly code: RefusalCode;
  /** A sentence for people, without the no-entry sign. */
  readonly reason: string;
}

export function refuse(code: RefusalCode, reason: string): Refusal {
  return { kind: 'refused', code, reason };
}
