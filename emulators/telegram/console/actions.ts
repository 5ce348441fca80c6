import type { FileContent } from '../media';
import type { People } from '../people';

type Fields = Readonly<Record<string, unknown>>;

const text = (fields: Fields, name: string): string => {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Error(`"${name}" is missing.`);
  return value;
};
const number = (fields: Fields, name: string): number => {
  const value = fields[name];
  if (typeof value !== 'number') throw new Error(`"${name}" is missing.`);
  return value;
};
const optional = (fields: Fields, name: string): number | undefined =>
  typeof fields[name] === 'number' ? fields[name] : undefined;

/** A file as the page sends it: its bytes in base 64. */
const file = (value: unknown): FileContent => {
  const { name, type, content } = value as Fields;
  return {
    content: Buffer.from(String(content), 'base64'),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof type === 'string' && type !== '' ? { mimeType: type } : {}),
  };
};

const isPhoto = ({ mimeType }: FileContent): boolean => mimeType === 'image/jpeg' || mimeType === 'image/png';

const ACTIONS: Readonly<Record<string, (people: People, fields: Fields) => unknown>> = {
  user: (people, fields) => people.user({ firstName: text(fields, 'firstName') }),
  group: (people, fields) => {
    const kind = text(fields, 'kind');
    if (kind !== 'group' && kind !== 'supergroup' && kind !== 'forum')
      throw new Error(`There is no kind of group "${kind}".`);
    return people.group({ title: text(fields, 'title'), owner: number(fields, 'owner'), kind });
  },
  join: (people, fields) => people.join({ chat: text(fields, 'chat'), user: number(fields, 'user') }),
  start: (people, fields) =>
    people.start({
      user: number(fields, 'user'),
      bot: text(fields, 'bot'),
      ...(fields.payload ? { payload: text(fields, 'payload') } : {}),
    }),
  addBot: (people, fields) =>
    people.addBot({
      chat: text(fields, 'chat'),
      by: number(fields, 'by'),
      bot: text(fields, 'bot'),
      administrator: fields.administrator === true,
    }),
  removeBot: (people, fields) =>
    people.removeBot({ chat: text(fields, 'chat'), by: number(fields, 'by'), bot: text(fields, 'bot') }),
  setForum: (people, fields) =>
    people.setForum({ chat: text(fields, 'chat'), by: number(fields, 'by'), forum: fields.forum === true }),
  send: (people, fields) => {
    const where = {
      chat: text(fields, 'chat'),
      from: number(fields, 'from'),
      topic: optional(fields, 'topic'),
      replyTo: optional(fields, 'replyTo'),
    };
    if (fields.sticker) return people.send({ ...where, sticker: { emoji: text(fields, 'sticker') } });
    const files = Array.isArray(fields.files) ? fields.files.map(file) : [];
    const caption = typeof fields.text === 'string' && fields.text !== '' ? fields.text : undefined;
    const [first, ...others] = files;
    if (!first) return people.send({ ...where, text: text(fields, 'text') });
    if (others.length === 0) return people.send({ ...where, caption, [isPhoto(first) ? 'photo' : 'document']: first });
    const kind = files.every(isPhoto) ? 'photo' : 'document';
    return people.sendAlbum({
      ...where,
      items: files.map((item, index) => ({ kind, file: item, ...(index === 0 ? { caption } : {}) })),
    });
  },
  edit: (people, fields) =>
    people.edit({ chat: text(fields, 'chat'), message: number(fields, 'message'), text: text(fields, 'text') }),
  remove: (people, fields) => people.remove({ chat: text(fields, 'chat'), message: number(fields, 'message') }),
  press: async (people, fields) =>
    await people.press({
      chat: text(fields, 'chat'),
      from: number(fields, 'from'),
      message: number(fields, 'message'),
      button: text(fields, 'button'),
    }),
  pin: (people, fields) =>
    people.pin({ chat: text(fields, 'chat'), by: number(fields, 'by'), message: number(fields, 'message') }),
  unpin: (people, fields) => people.unpin({ chat: text(fields, 'chat'), message: number(fields, 'message') }),
  createTopic: (people, fields) =>
    people.createTopic({ chat: text(fields, 'chat'), by: number(fields, 'by'), name: text(fields, 'name') }),
  renameTopic: (people, fields) =>
    people.renameTopic({
      chat: text(fields, 'chat'),
      by: number(fields, 'by'),
      topic: number(fields, 'topic'),
      name: text(fields, 'name'),
    }),
  setTopicClosed: (people, fields) =>
    people.setTopicClosed({
      chat: text(fields, 'chat'),
      by: number(fields, 'by'),
      topic: number(fields, 'topic'),
      closed: fields.closed === true,
    }),
  deleteTopic: (people, fields) => people.deleteTopic({ chat: text(fields, 'chat'), topic: number(fields, 'topic') }),
};

/** Does what a person did in the console. @throws Error in words for the person who did it */
export async function runAction(people: People, name: string, fields: Fields): Promise<unknown> {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!action) throw new Error(`The console cannot do "${name}".`);
  return await action(people, fields);
}
