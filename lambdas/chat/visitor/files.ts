import { downloadName } from '../download';
import { fileRefusal, fileUrl, isUploadKey, keyOfFileUrl, newUploadKey } from '../files';
import type { StoredFile } from '../model/records';
import type { World } from '../ports';
import type { DeclaredFile } from '../protocol/client-frame';
import { uploadFrame } from '../protocol/server-frame';
import { refuse, type Refusal } from '../model/refusal';
import type { Sender } from './admission';

/** The answer to UPL: a link to put the file to, and the link that it will have. */
export async function offerUpload(
  world: Pick<World, 'files' | 'random' | 'settings'>,
  { member, channel }: Sender,
  messageId: string,
  file: DeclaredFile,
): Promise<string> {
  const key = newUploadKey(channel.handleKey, member, file.name, world.random);
  const upload = await world.files.uploadUrl(key, file.type, file.size);
  return uploadFrame(messageId, fileUrl(world.settings.apiUrl, key), upload);
}

/** How often an upload is looked at that changes while it is accepted, and the pause between, milliseconds. */
const LOOKS = 3;
const PAUSE = 200;

/**
 * Accepts what was really uploaded behind a link that this visitor got from UPL: from then on its upload URL
 * changes nothing. A refusal removes nothing: what nobody ever sends expires by itself.
 */
export async function uploadedFile(
  world: Pick<World, 'files' | 'settings' | 'clock'>,
  { member, channel }: Sender,
  url: string,
  declared: DeclaredFile,
): Promise<StoredFile | Refusal> {
  const key = keyOfFileUrl(world.settings.apiUrl, url);
  if (!key || !isUploadKey(channel.handleKey, member, key)) {
    return refuse(403, 'The url is not one that this server gave you to upload to');
  }
  const { files, settings, clock } = world;
  const name = downloadName(declared.name);
  for (let look = 1; look <= LOOKS; look++) {
    if (look > 1) await clock.sleep(PAUSE);
    const [kept, pending] = await Promise.all([files.inspect(key), files.pending(key)]);
    const object = kept ?? pending;
    if (!object) return refuse(400, 'Nothing was uploaded there; put the file to the upload URL first');
    const { type, size } = object;
    const refusal = fileRefusal(settings.fileLimits, type, size) ?? mismatch(object, declared);
    if (refusal) return refusal;
    // It is there already if this is the same message again.
    const accepted = kept !== undefined || (pending && (await files.keep(key, { ...pending, name })));
    if (accepted) return { key, name: declared.name, type, size };
  }
  return refuse(400, 'The file was changed while it was accepted; put it to a new upload URL');
}

/** Undefined if what was uploaded is what its sender says. */
function mismatch(object: { readonly type: string; readonly size: number }, { type, size }: DeclaredFile) {
  if (object.type === type && object.size === size) return undefined;
  return refuse(400, `What was uploaded is ${object.type} of ${object.size} bytes, not ${type} of ${size}`);
}
