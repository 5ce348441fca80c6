import * as v from 'valibot';
import type { FileContent } from '../media';
import type { People } from '../people';

type Action = (people: People, fields: unknown) => unknown;

const TEXT = v.pipe(v.string(), v.nonEmpty());
const ID = v.number();
const FLAG = v.optional(v.boolean());
const KIND = v.picklist(['group', 'supergroup', 'forum'], ({ received }) => `There is no kind of group ${received}.`);

/** A file as the page sends it: its bytes in base 64. */
const FILE = v.pipe(
  v.object({ name: v.optional(v.string()), type: v.optional(v.string()), content: v.string() }),
  v.transform(({ name, type, content }): FileContent => ({
    content: Buffer.from(content, 'base64'),
    ...(name === undefined ? {} : { name }),
    ...(type ? { mimeType: type } : {}),
  })),
);

const isPhoto = ({ mimeType }: FileContent): boolean => mimeType === 'image/jpeg' || mimeType === 'image/png';

/** An action with what it needs to know. */
function action<E extends v.ObjectEntries>(
  entries: E,
  run: (people: People, given: v.InferOutput<v.ObjectSchema<E, undefined>>) => unknown,
): Action {
  const schema = v.object(entries);
  return (people, fields) => {
    const read = v.safeParse(schema, fields);
    if (read.success) return run(people, read.output);
    const [issue] = read.issues;
    throw new Error(issue.type === 'picklist' ? issue.message : `"${v.getDotPath(issue)}" is missing.`);
  };
}

const WHERE = { chat: TEXT, from: ID, topic: v.optional(ID), replyTo: v.optional(ID) };
const SENT = { text: v.optional(v.string()), sticker: v.optional(v.string()), files: v.optional(v.array(FILE), []) };

const ACTIONS: Readonly<Record<string, Action>> = {
  user: action({ firstName: TEXT }, (people, given) => people.user(given)),
  group: action({ title: TEXT, owner: ID, kind: KIND }, (people, given) => people.group(given)),
  join: action({ chat: TEXT, user: ID }, (people, given) => people.join(given)),
  start: action({ user: ID, bot: TEXT, payload: v.optional(v.string()) }, (people, given) => people.start(given)),
  addBot: action({ chat: TEXT, by: ID, bot: TEXT, administrator: FLAG }, (people, given) => people.addBot(given)),
  removeBot: action({ chat: TEXT, by: ID, bot: TEXT }, (people, given) => people.removeBot(given)),
  setForum: action({ chat: TEXT, by: ID, forum: v.boolean() }, (people, given) => people.setForum(given)),
  send: action({ ...WHERE, ...SENT }, (people, { text, sticker, files, ...where }) => {
    if (sticker) return people.send({ ...where, sticker: { emoji: sticker } });
    const [first, ...others] = files;
    if (!first && !text) throw new Error('"text" is missing.');
    if (!first) return people.send({ ...where, text });
    const caption = text || undefined;
    if (others.length === 0) return people.send({ ...where, caption, [isPhoto(first) ? 'photo' : 'document']: first });
    const kind = files.every(isPhoto) ? 'photo' : 'document';
    const items = files.map((file, index) => ({ kind, file, ...(index === 0 ? { caption } : {}) }) as const);
    return people.sendAlbum({ ...where, items });
  }),
  edit: action({ chat: TEXT, message: ID, text: TEXT }, (people, given) => people.edit(given)),
  remove: action({ chat: TEXT, message: ID }, (people, given) => people.remove(given)),
  press: action({ chat: TEXT, from: ID, message: ID, button: TEXT }, (people, given) => people.press(given)),
  pin: action({ chat: TEXT, by: ID, message: ID }, (people, given) => people.pin(given)),
  unpin: action({ chat: TEXT, message: ID }, (people, given) => people.unpin(given)),
  createTopic: action({ chat: TEXT, by: ID, name: TEXT }, (people, given) => people.createTopic(given)),
  renameTopic: action({ chat: TEXT, by: ID, topic: ID, name: TEXT }, (people, given) => people.renameTopic(given)),
  setTopicClosed: action({ chat: TEXT, by: ID, topic: ID, closed: v.boolean() }, (people, given) =>
    people.setTopicClosed(given),
  ),
  deleteTopic: action({ chat: TEXT, topic: ID }, (people, given) => people.deleteTopic(given)),
};

/** Does what a person did in the console. @throws Error in words for the person who did it */
export async function runAction(people: People, name: string, fields: unknown): Promise<unknown> {
  const run = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (!run) throw new Error(`The console cannot do "${name}".`);
  return await run(people, fields);
}
