import { record } from '../../json';

/** The longest message of another program that is shown, characters. */
const SHOWN = 300;

/** What an error says about itself, no matter where it was thrown. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  /** What the socket said, for example `ECONNREFUSED`, if no answer came. */
  readonly code: string | undefined;
  /** Of the HTTP answer, if there was one. */
  readonly status: number | undefined;
}

/** Looked at by its properties: what Node.js itself throws is not everywhere an instance of the same Error. */
export function partsOf(error: unknown): ErrorParts {
  const { name, message, code, cause, $metadata } = record(error);
  // fetch keeps what the socket said in `cause`.
  const said = [code, record(cause)['code']].find((value) => typeof value === 'string');
  const { httpStatusCode } = record($metadata);
  const status = typeof httpStatusCode === 'number' ? httpStatusCode : undefined;
  const line = (typeof message === 'string' ? message : String(error)).split('\n')[0] ?? '';
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: line.slice(0, SHOWN) || String(name),
    code: status === undefined && typeof said === 'string' ? said : undefined,
    status,
  };
}

/** The name of an error, by which AWS says what is wrong. */
export function nameOf(error: unknown): string {
  return partsOf(error).name;
}

/** What the socket said, for example `ECONNREFUSED`, or else the name of what was thrown. */
export function reasonOf(error: unknown): string {
  const { code, name } = partsOf(error);
  return code ?? name;
}

/** The status of the HTTP answer that an SDK's error is about. */
export function statusOf(error: unknown): number | undefined {
  return partsOf(error).status;
}
