/** How long something takes, in seconds. */
export async function secondsOf(what: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await what();
  return (performance.now() - started) / 1000;
}
