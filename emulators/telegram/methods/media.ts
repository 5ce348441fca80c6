import { randomInt } from 'node:crypto';
import { badRequest } from '../bot-api-error';
import type { FileContent, MediaKind } from '../media';
import type { Parameters } from '../parameters';
import type { MessageBody } from '../state';
import { readCaption } from '../text';
import type { Call, Method } from '../world';
import { readDestination } from './destination';

/** Files taken from a URL: photos up to 5 MB, others up to 20 MB; https://core.telegram.org/bots/api#sending-files */
const MAX_URL_BYTES: Readonly<Partial<Record<MediaKind, number>>> = { photo: 5 * 1024 * 1024 };
const MAX_OTHER_URL_BYTES = 20 * 1024 * 1024;
/** Bots download at most 20 MB; https://core.telegram.org/bots/api#getfile */
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;
/** sendDocument takes only these from a URL; https://core.telegram.org/bots/api#sending-files */
const DOCUMENT_URL_TYPES = ['image/gif', 'application/pdf', 'application/zip'];

const FETCH_TIMEOUT = 10_000;

const send =
  (kind: MediaKind): Method =>
  async (call) => {
    const { chat, envelope, markup } = readDestination(call);
    const caption = kind === 'sticker' ? {} : readCaption(call.parameters);
    const media = await readMedia(call, kind, call.parameters, kind);
    const record = call.world.messages.post(chat, { ...envelope, body: { ...media, ...caption, ...markup } });
    return call.world.messages.render(record);
  };

const GROUPABLE = ['photo', 'video', 'document', 'audio'] as const;

/** A file given as an upload, a URL or the id of a file that Telegram has. */
async function readMedia({ world }: Call, kind: MediaKind, parameters: Parameters, name: string): Promise<MessageBody> {
  const upload = parameters.upload(name);
  if (upload) return world.media.store(kind, upload);
  const value = parameters.text(name);
  if (!value) throw badRequest(`there is no ${kind} in the request`);
  if (value.startsWith('attach://')) throw badRequest(`there is no ${kind} in the request`);
  if (/^https?:\/\//i.test(value)) return world.media.store(kind, await download(kind, value));
  const known = world.media.reuse(kind, value);
  if (!known) throw badRequest('wrong file identifier/HTTP URL specified');
  return known;
}

async function download(kind: MediaKind, url: string): Promise<FileContent> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT) });
  } catch {
    throw badRequest('failed to get HTTP URL content');
  }
  if (!response.ok) throw badRequest('failed to get HTTP URL content');
  const mimeType = response.headers.get('content-type')?.split(';')[0]?.trim();
  const wrongDocument = kind === 'document' && !DOCUMENT_URL_TYPES.includes(mimeType ?? '');
  const wrongPhoto = kind === 'photo' && !mimeType?.startsWith('image/');
  if (wrongDocument || wrongPhoto) throw badRequest('wrong type of the web page content');
  const content = Buffer.from(await response.arrayBuffer());
  if (content.length > (MAX_URL_BYTES[kind] ?? MAX_OTHER_URL_BYTES)) throw badRequest('failed to get HTTP URL content');
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  return { content, mimeType, ...(name ? { name } : {}) };
}

export const mediaMethods: Readonly<Record<string, Method>> = {
  sendPhoto: send('photo'),
  sendDocument: send('document'),
  sendVideo: send('video'),
  sendVoice: send('voice'),
  sendAudio: send('audio'),
  sendAnimation: send('animation'),
  sendSticker: send('sticker'),
  /** An album: 2 to 10 files, documents and audio only among themselves. One file is sent as itself, as Telegram does. */
  sendMediaGroup: async (call) => {
    const { chat, envelope } = readDestination(call);
    const items = call.parameters.objects('media');
    if (items.length === 0) throw badRequest('there are no messages to send');
    if (items.length > 10) throw badRequest('there are too many messages to send as an album');
    const kinds = items.map((item) => {
      const kind = GROUPABLE.find((candidate) => candidate === item.text('type'));
      if (!kind) throw badRequest("can't parse InputMedia: unsupported InputMedia type");
      return kind;
    });
    const alone = kinds.some((kind) => kind === 'document' || kind === 'audio');
    if (alone && new Set(kinds).size > 1) throw badRequest("document and audio can't be mixed with other media types");
    const bodies: MessageBody[] = [];
    for (const [index, item] of items.entries()) {
      const media = await readMedia(call, kinds[index] ?? 'document', item, 'media');
      bodies.push({ ...media, ...readCaption(item) });
    }
    const group = items.length > 1 ? { media_group_id: String(randomInt(1e12, 1e13)) } : {};
    return bodies.map((body) =>
      call.world.messages.render(call.world.messages.post(chat, { ...envelope, body: { ...body, ...group } })),
    );
  },

  getFile: ({ world, parameters }) => {
    const file = world.media.find(parameters.text('file_id') ?? '');
    if (!file) throw badRequest('wrong file_id or the file is temporarily unavailable');
    if (file.size > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
    return { file_id: file.id, file_unique_id: file.uniqueId, file_size: file.size, file_path: file.path };
  },
};
