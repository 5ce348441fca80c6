/** Tests that build on each other: after one that failed, the others are not tried, and say so. */
export function stepsInOrder(): (title: string, body: () => Promise<void>) => void {
  let failed: string | undefined;
  return (title, body) =>
    test(title, async () => {
      if (failed !== undefined) throw notTried(failed);
      failed = title;
      await body();
      failed = undefined;
    });
}

/** Without a stack: where it was thrown tells nobody anything. */
function notTried(failed: string): Error {
  const error = new Error(`Not tried, because this failed: ${failed}`);
  error.stack = error.message;
  return error;
}
