/** Something that the person at the terminal can put right: one sentence with the fix, shown without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

interface ErrorShape {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** The code of a Node or LevelDB error, or of what caused it. */
export function errorCode(error: unknown): string | undefined {
  const { code, cause } = shapeOf(error);
  return errorCodeOf(cause) ?? (typeof code === 'string' ? code : undefined);
}

/** The message of a Node or LevelDB error, or of what caused it. */
export function errorText(error: unknown): string {
  const { message, cause } = shapeOf(error);
  if (cause !== undefined && cause !== null) return errorText(cause);
  return typeof message === 'string' && message !== '' ? message : (errorCode(error) ?? String(error));
}

function errorCodeOf(cause: unknown): string | undefined {
  return cause === undefined || cause === null ? undefined : errorCode(cause);
}

/** Errors of native modules are not instances of this realm's Error. */
function shapeOf(error: unknown): ErrorShape {
  return typeof error === 'object' && error !== null ? error : {};
}
