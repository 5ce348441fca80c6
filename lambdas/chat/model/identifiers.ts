import { createHash, createHmac } from 'node:crypto';
import { CHANNEL_NAME } from './limits';

/** A support line's name: 8..32 of `A-Z a-z 0-9 _ -`, case-sensitive. Made by {@link parseChannelName} only. */
export type ChannelName = string & { readonly __brand: 'ChannelName' };

/** The public name of a member: a lower-case letter and 11 lower-case letters or digits; a valid hashtag. */
export type Handle = string & { readonly __brand: 'Handle' };

/**
 * A chat of a messenger, unique over all messengers. Made by the messenger's adapter: `<connector>:<id>` ({@link chatIn});
 * Telegram's are the bare id in base 36, as they were before there were others.
 */
export type ChatId = string & { readonly __brand: 'ChatId' };

/** Where a member can be reached: `ws:<API Gateway connection id>`, or the connector and id of a chat. */
export type ConnectionId = `${Connector}:${string}`;

/**
 * Whose ids they are: `ws` browsers', `tg` Telegram's, any other messenger's what its adapter calls it. Ids of two
 * connectors can never meet: each has its own namespace.
 */
export type Connector = string;

const HANDLE = /^[a-z][a-z0-9]{11}$/;

/** The rule of {@link parseChannelName}, in words, for the people who broke it. */
export const CHANNEL_NAME_RULE = 'a channel name is 8 to 32 characters of A-Z, a-z, 0-9, _ and -';

/** The channel name, or undefined if the text is not one. */
export function parseChannelName(text: unknown): ChannelName | undefined {
  return typeof text === 'string' && CHANNEL_NAME.test(text) ? (text as ChannelName) : undefined;
}

/** The handle in a text (without its `#`), or undefined if the text is not one. */
export function parseHandle(text: unknown): Handle | undefined {
  return typeof text === 'string' && HANDLE.test(text) ? (text as Handle) : undefined;
}

/** A chat of another messenger than Telegram. */
export function chatIn(connector: Connector, id: string): ChatId {
  return `${connector}:${encodeURIComponent(id)}` as ChatId;
}

/** The messenger that a chat is in. */
export function connectorOf(chat: ChatId): Connector {
  return connectionOf(chat).slice(0, connectionOf(chat).indexOf(':'));
}

/** The connection that a chat is. */
export function connectionOf(chat: ChatId): ConnectionId {
  return chat.includes(':') ? (chat as string as ConnectionId) : `tg:${chat}`;
}

/** The chat that a connection is; undefined: it is a browser's. */
export function chatOfConnection(id: ConnectionId): ChatId | undefined {
  if (id.startsWith('ws:')) return undefined;
  return (id.startsWith('tg:') ? id.slice(3) : id) as ChatId;
}

/**
 * A messenger's own id as it stands in keys, in which it can hold no separator: a whole number in base 36, any other id
 * escaped and marked, so that no two ids are written alike.
 */
export function keyPart(id: string): string {
  return /^(0|[1-9]\d{0,17})$/.test(id) ? BigInt(id).toString(36) : `=${encodeURIComponent(id)}`;
}

/** The handle of a member: a keyed hash of the member id, so that it can be recomputed from it and does not reveal it. */
export function deriveHandle(handleKey: string, connector: Connector, memberId: string): Handle {
  let number = BigInt(`0x${keyedHash(handleKey, 'handle', connector, memberId).toString('hex')}`);
  let handle = String.fromCharCode('a'.charCodeAt(0) + Number(number % 26n));
  number /= 26n;
  for (let i = 0; i < 11; i++) {
    handle += (number % 36n).toString(36);
    number /= 36n;
  }
  return handle as Handle;
}

/** A second, longer keyed hash of the member id: two members whose handles collide are told apart by it. */
export function deriveProof(handleKey: string, connector: Connector, memberId: string): string {
  return keyedHash(handleKey, 'proof', connector, memberId).toString('base64url');
}

/** The id by which the world outside knows a stored message: stable, and it does not reveal the key. */
export function publicMessageId(conversation: string, messageKey: string): string {
  const digest = createHash('sha256').update(`${conversation}\n${messageKey}`).digest('hex').slice(0, 24);
  return BigInt(`0x${digest}`).toString(36);
}

/** The key of a visitor's message, from the id that the client gave it: the same id is the same message. */
export function visitorMessageKey(clientMessageId: string): string {
  return `v#${createHash('sha256').update(clientMessageId).digest('base64url')}`;
}

/** The key of a message that came from a messenger: the same message is stored once, however often it is brought. */
export function messengerMessageKey({ chat, message }: { readonly chat: ChatId; readonly message: string }): string {
  return `t#${chat}#${keyPart(message)}`;
}

/** A name for a visitor who gave none, always the same for the same handle. */
export function friendlyName(handle: Handle): string {
  const hash = createHash('sha256').update(handle).digest();
  return `${ADJECTIVES[hash.readUInt16BE(0) % ADJECTIVES.length]} ${ANIMALS[hash.readUInt16BE(2) % ANIMALS.length]}`;
}

function keyedHash(handleKey: string, purpose: string, connector: Connector, memberId: string): Buffer {
  return createHmac('sha256', Buffer.from(handleKey, 'base64url'))
    .update(`${purpose}\n${connector}\n${memberId}`)
    .digest();
}

const ADJECTIVES = (
  'Amber Azure Bold Brave Bright Calm Clever Coral Cosmic Crimson Curious Daring Eager Emerald Fair Fancy Gentle Gifted ' +
  'Golden Happy Hazel Honest Indigo Ivory Jolly Keen Kind Lively Lucky Mellow Merry Misty Modest Nimble Noble Olive ' +
  'Patient Pearl Polite Proud Quick Quiet Rapid Rosy Ruby Sage Scarlet Serene Shiny Silver Smart Snowy Solar Spry ' +
  'Sunny Swift Teal Tidy Topaz Velvet Violet Warm Wise Witty'
).split(' ');

const ANIMALS = (
  'Alpaca Badger Beaver Bison Bobcat Camel Cheetah Cobra Condor Coyote Crane Deer Dingo Dolphin Eagle Egret Elk Falcon ' +
  'Ferret Finch Fox Gazelle Gecko Gopher Hare Hawk Hedgehog Heron Ibex Ibis Iguana Impala Jaguar Kestrel Kiwi Koala ' +
  'Lemur Leopard Lion Llama Lynx Marmot Marten Moose Newt Ocelot Orca Osprey Otter Owl Panda Pelican Penguin Puffin ' +
  'Puma Quail Rabbit Raven Robin Seal Sparrow Stork Swan Tapir'
).split(' ');
