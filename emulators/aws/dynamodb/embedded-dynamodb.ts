import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { listen } from '../../loopback';
import { openDatabase } from '../data-folder';
import { isFromAnotherWebsite, isToThisMachine, refuse } from '../../web-access';
import { Failure } from '../../failure';

/** DynamoDB (dynalite) in this process, its data in a LevelDB folder. */
export class EmbeddedDynamoDb {
  private constructor(
    private readonly server: Server,
    /** Where it also answers by itself: `http://127.0.0.1:<port>`. */
    readonly endpoint: string,
  ) {}

  /**
   * @param folder of the data; undefined keeps them in memory
   * @throws Failure if the folder cannot be used
   */
  static async start(folder: string | undefined): Promise<EmbeddedDynamoDb> {
    // dynalite swallows what goes wrong on opening, and fails later without a word: look first.
    if (folder !== undefined) await (await openDatabase(folder)).close();
    const { default: dynalite } = await import('dynalite');
    const server = dynalite({
      ...(folder === undefined ? {} : { path: folder }),
      createTableMs: 0,
      deleteTableMs: 0,
      updateTableMs: 0,
    });
    keepWebsitesOut(server);
    return new EmbeddedDynamoDb(server, `http://127.0.0.1:${await listen(server)}`);
  }

  /** Answers a request that came to another server. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    this.server.emit('request', request, response);
  }

  /** Closes the data; what was written stays. */
  async close(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.close((error) =>
        error ? reject(new Failure(`DynamoDB did not close: ${error.message}`)) : resolve(),
      );
      this.server.closeAllConnections();
    });
  }
}

/** dynalite answers every website, as DynamoDB does; DynamoDB looks at signatures. */
function keepWebsitesOut(server: Server): void {
  const answers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isToThisMachine(request) && !isFromAnotherWebsite(request)) {
      for (const answer of answers) answer(request, response);
    } else {
      refuse(request, response, 403, 'No website may read or write these tables.');
    }
  });
}
