/**
 * The fields of a logged line that people ask for, with their types in Athena. The functions may log other fields; those are in
 * the object and in no column.
 */
export const LOG_FIELDS = {
  timestamp: 'string',
  level: 'string',
  service: 'string',
  message: 'string',
  /** The invocation of the function. */
  requestId: 'string',
  /** The request in the API's access log. */
  gatewayRequestId: 'string',
  connection: 'string',
  /** The item of the delivery queue. */
  queueItem: 'string',
  /** Telegram's number of an update. */
  update: 'bigint',
  channel: 'string',
  handle: 'string',
  /** The message, by the id that visitors' browsers know it by. */
  id: 'string',
  /** The ids of a message in the messenger; several if it was split. */
  messageIds: 'array<string>',
  /** The same in lines that were archived before `messageIds`. */
  telegramIds: 'array<bigint>',
  outcome: 'string',
  attempt: 'int',
  kind: 'string',
  reason: 'string',
} as const;
