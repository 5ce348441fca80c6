import type { ConsoleView } from '../view-types';

/** A file as the server takes it: its bytes in base 64. */
export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

const RECONNECT_AFTER = 500;

/** Talks to the server of this console. */
export class Client {
  /** `base`: the path of the console. */
  constructor(private readonly base: () => string) {}

  /** Gives the state whenever it changes, and whether the server is there. */
  watch(onView: (view: ConsoleView) => void, onConnection: (connected: boolean) => void): () => void {
    let source: EventSource;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const connect = (): void => {
      source = new EventSource(`${this.base()}/events`);
      source.onmessage = ({ data }) => {
        onConnection(true);
        onView(JSON.parse(String(data)) as ConsoleView);
      };
      source.onerror = () => {
        onConnection(false);
        // Browsers try again by themselves, but not after an answer such as a starting server gives.
        if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, RECONNECT_AFTER);
      };
    };
    connect();
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }

  /** Does something as a person. @throws Error in words for that person */
  async act(action: string, fields: object): Promise<unknown> {
    const response = await fetch(`${this.base()}/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    }).catch(() => undefined);
    if (!response) throw new Error('The server does not answer. Is it still running?');
    const result = (await response.json()) as unknown;
    if (!response.ok) throw new Error((result as { error: string }).error);
    return result;
  }

  /** Where the page can load a sent file from. */
  fileUrl(id: string, name?: string): string {
    return `${this.base()}/file?id=${encodeURIComponent(id)}${name ? `&name=${encodeURIComponent(name)}` : ''}`;
  }
}

/** Reads a file for sending. */
export async function readFile(file: File): Promise<SentFile> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  return { name: file.name, type: file.type, content: url.slice(url.indexOf(',') + 1) };
}
