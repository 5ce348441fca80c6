/** Telegram on this machine: a part of the Bot API, and the people on its other side. README.md has examples. */
export { createTelegram, Telegram, type BotDefinition, type TelegramOptions } from './telegram';
export type { CallRecord } from './bot-api';
export type { Fault, FaultPlan } from './faults';
export { TELEGRAM_FLOOD_LIMITS, type FloodLimits } from './flood-control';
export type { AlbumItem, ChatKey, People, Post, TopicView } from './people';
export { plainPng } from './image';
