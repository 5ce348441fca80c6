import type { BrowserContext } from 'playwright-core';

/** The server's own sentence in every refusal of these tests. */
export const SERVER_SENTENCE = '⛔ A sentence of the server';

/** How a message or a JOIN is refused: the code, or the code and what follows the sign. */
export type TestRefusal = number | readonly [number, string];

/**
 * Sits between a browser's pages and the chat, and refuses messages by text, files by name, and every JOIN by the key `JOIN`.
 * Everything else reaches the chat. A test may change the object at any time.
 */
export async function refuseMessages(
  context: BrowserContext,
  refusals: Readonly<Record<string, TestRefusal | undefined>>,
): Promise<void> {
  await context.routeWebSocket(/\/dev/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const [tag, id, content] = JSON.parse(String(data)) as [string, string, string];
      const refusal = refusals[tag === 'JOIN' ? 'JOIN' : content];
      if (refusal === undefined) return server.send(data);
      const [code, reason] = typeof refusal === 'number' ? [refusal, SERVER_SENTENCE] : refusal;
      socket.send(JSON.stringify(['ERR', reason, code, ...(tag === 'JOIN' ? [] : [id])]));
    });
  });
}
