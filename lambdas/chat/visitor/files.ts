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
  { conversation, channel }: Sender,
  messageId: string,
  file: DeclaredFile,
): Promise<string> {
  const key = newUploadKey(channel.handleKey, conversation, file.name, world.random);
  const upload = await world.files.uploadUrl(key, file.type, file.size);
  return uploadFrame(messageId, fileUrl(world.settings.apiUrl, key), upload);
}

/**
 * What was really uploaded behind a link that this visitor got from UPL. A refusal removes nothing: the link may be that of
 * a message that was accepted before, and what nobody ever sends expires by itself.
 */
export async function uploadedFile(
  world: Pick<World, 'files' | 'settings'>,
  { conversation, channel }: Sender,
  url: string,
  declared: DeclaredFile,
): Promise<StoredFile | Refusal> {
  const key = keyOfFileUrl(world.settings.apiUrl, url);
  if (!key || !isUploadKey(channel.handleKey, conversation, key)) {
    return refuse(403, 'The url is not one that this server gave you to upload to');
  }
  const object = await world.files.inspect(key);
  if (!object) return refuse(400, 'Nothing was uploaded there; put the file to the upload URL first');
  const refusal = fileRefusal(object.type, object.size) ?? mismatch(object, declared);
  return refusal ?? { key, name: declared.name, type: object.type, size: object.size };
}

/** Undefined if what was uploaded is what its sender says. */
function mismatch(object: { readonly type: string; readonly size: number }, { type, size }: DeclaredFile) {
  if (object.type === type && object.size === size) return undefined;
  return refuse(400, `What was uploaded is ${object.type} of ${object.size} bytes, not ${type} of ${size}`);
}
