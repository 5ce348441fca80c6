import type { Member, Message } from '../model/records';
import type { World } from '../ports';
import { fileLink } from '../operator/answers';
import { type Author, withHeader } from '../messenger/header';
import { CAPTION_LENGTH, type Post, TEXT_LENGTH } from '../messenger/port';
import { plain } from '../messenger/rich-text';

/** One message in the messenger. A file is loaded only when it is its turn. */
export interface Part {
  readonly kind: Post['kind'];
  /** What it will say: known before it is sent, so that it can be recognized afterwards. */
  readonly words: string;
  load(): Promise<Post>;
}

/**
 * The messages that a message becomes in the messenger, always the same for the same message. `sender`: the visitor under
 * whose header operators see it; a visitor in the messenger sees no header.
 */
export function partsFor(
  { files }: Pick<World, 'files'>,
  { content, presence }: Pick<Message, 'content' | 'presence'>,
  sender?: Member,
): Part[] {
  const author = sender && { member: sender, presence };
  switch (content.kind) {
    case 'text':
      return textParts(content.text, author);
    case 'correction':
      return textParts(`✏️ ${content.text}`, author);
    case 'notice':
      return [];
    case 'file': {
      const { key, name, type } = content.file;
      const [words = '', ...rest] = withHeader(author, content.caption ?? '', CAPTION_LENGTH);
      const load = async (): Promise<Post> => {
        if (await files.inspect(key)) {
          return { kind: 'file', body: () => files.read(key), name, type, text: plain(words) };
        }
        const [gone = ''] = withHeader(author, `📎 ${name} (the file is not there any more)`, TEXT_LENGTH);
        return { kind: 'text', text: plain(gone) };
      };
      return [{ kind: 'file', words, load }, ...rest.map(textPart)];
    }
  }
}

/** What is posted if the messenger does not take a file: where it is. Undefined: the message is no file. */
export function linkParts(
  { settings }: Pick<World, 'settings'>,
  { content, presence }: Pick<Message, 'content' | 'presence'>,
  sender?: Member,
): Part[] | undefined {
  if (content.kind !== 'file') return undefined;
  const link = fileLink(settings.apiUrl, content.file.key, content.file.name);
  return textParts(content.caption ? `${link}\n${content.caption}` : link, sender && { member: sender, presence });
}

/** One message of text. */
export function textPart(words: string): Part {
  return { kind: 'text', words, load: async () => ({ kind: 'text', text: plain(words) }) };
}

function textParts(text: string, author: Author | undefined): Part[] {
  return withHeader(author, text, TEXT_LENGTH).map(textPart);
}
