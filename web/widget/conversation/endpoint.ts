import { CHANNEL_NAME } from '../../../lambdas/chat/model/limits';

/** Where the chat is: parsed from `wss://host/stage?c=channel`. */
export interface Endpoint {
  readonly url: string;
  readonly channel: string;
  /** Names this endpoint's storage in the browser. */
  readonly storageKey: string;
}

/** undefined if the text is no WebSocket URL with a channel. */
export function parseEndpoint(text: string): Endpoint | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const channel = url.searchParams.get('c') ?? '';
  if (!/^wss?:$/.test(url.protocol) || !CHANNEL_NAME.test(channel)) return undefined;
  return { url: url.href, channel, storageKey: `kite-chat ${url.host}${url.pathname} ${channel}` };
}
