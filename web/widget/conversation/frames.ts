/** A frame from the server. */
export type ServerFrame =
  | { readonly tag: 'OK' }
  | { readonly tag: 'PONG' }
  | { readonly tag: 'ACK'; readonly messageId: string; readonly serverId: string; readonly at: number }
  | { readonly tag: 'ERR'; readonly reason: string; readonly code: number; readonly messageId?: string }
  | { readonly tag: 'UPL'; readonly messageId: string; readonly downloadUrl: string; readonly uploadUrl: string }
  | { readonly tag: 'TXT'; readonly id: string; readonly text: string; readonly at: number }
  | {
      readonly tag: 'BIN';
      readonly id: string;
      readonly url: string;
      readonly name: string;
      readonly type: string;
      readonly size: number;
      readonly at: number;
    };

const time = (value: unknown): number => {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? Date.now() : at;
};

/** Reads a frame; undefined for anything this widget does not know, which it ignores. */
export function parseFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!Array.isArray(frame)) return undefined;
  const [tag, ...rest] = frame as unknown[];
  const [a, b, c, d, e, f] = rest;
  switch (tag) {
    case 'OK':
    case 'PONG':
      return { tag };
    case 'ACK':
      return { tag, messageId: String(a), serverId: String(b), at: time(c) };
    case 'ERR':
      return { tag, reason: String(a), code: Number(b), ...(typeof c === 'string' ? { messageId: c } : {}) };
    case 'UPL':
      return { tag, messageId: String(a), downloadUrl: String(b), uploadUrl: String(c) };
    case 'TXT':
      return { tag, id: String(a), text: String(b), at: time(c) };
    case 'BIN':
      return { tag, id: String(a), url: String(b), name: String(c), type: String(d), size: Number(e), at: time(f) };
    default:
      return undefined;
  }
}
