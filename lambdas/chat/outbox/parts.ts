import type { Member, Message } from '../model/records';
import type { World } from '../ports';
import { fileLink, joined, left } from '../operator/answers';
import { headerOf, withHeader } from '../messenger/header';
import { CAPTION_LENGTH, type Post, TEXT_LENGTH } from '../messenger/port';
import { plain } from '../messenger/rich-text';

/** One message to the host. A file is loaded only when it is its turn. */
export interface Part {
  readonly kind: Post['kind'];
  /** What it will say: known before it is sent, so that it can be recognised afterwards. */
  readonly words: string;
  load(): Promise<Post>;
}

/** The messages that a visitor's message becomes, each with the header. Always the same for the same message. */
export function partsFor(world: World, member: Member, { content, conversation }: Message): Part[] {
  const header = headerOf(member);
  switch (content.kind) {
    case 'text':
      return withHeader(header, content.text, TEXT_LENGTH).map(textPart);
    case 'correction':
      return withHeader(header, `✏️ ${content.text}`, TEXT_LENGTH).map(textPart);
    case 'notice': {
      const notice = content.notice === 'joined' ? joined : left;
      return [textPart(notice(conversation.handle, member.name).text)];
    }
    case 'file': {
      const { key, name, type } = content.file;
      const [caption = header, ...rest] = content.caption
        ? withHeader(header, content.caption, CAPTION_LENGTH)
        : [header];
      const load = async (): Promise<Post> => {
        if (!(await world.files.inspect(key)))
          return { kind: 'text', text: plain(`${header}\n📎 ${name} (the file is not there any more)`) };
        return { kind: 'file', body: () => world.files.read(key), name, type, text: plain(caption) };
      };
      return [{ kind: 'file', words: caption, load }, ...rest.map(textPart)];
    }
  }
}

/** What is posted if the messenger does not take a file: where it is. Undefined: the message is no file. */
export function linkParts(world: World, member: Member, { content }: Message): Part[] | undefined {
  if (content.kind !== 'file') return undefined;
  const link = fileLink(world.settings.apiUrl, content.file.key, content.file.name);
  const words = content.caption ? `${link}\n${content.caption}` : link;
  return withHeader(headerOf(member), words, TEXT_LENGTH).map(textPart);
}

function textPart(words: string): Part {
  return { kind: 'text', words, load: async () => ({ kind: 'text', text: plain(words) }) };
}
