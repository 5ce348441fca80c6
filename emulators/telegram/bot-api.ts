import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerJson } from '../answer';
import { BotApiError, tooManyRequests } from './bot-api-error';
import type { FaultPlan, Faults } from './faults';
import type { FloodControl } from './flood-control';
import { chatMethods } from './methods/chats';
import { mediaMethods } from './methods/media';
import { messageMethods } from './methods/messages';
import { topicMethods } from './methods/topics';
import { Described, updateMethods } from './methods/updates';
import { Parameters } from './parameters';
import { readParameters } from './request-body';
import type { BotRecord } from './state';
import type { Method, World } from './world';

/** Methods by their lower-case names: Telegram does not mind the case. */
const METHODS: ReadonlyMap<string, { name: string; run: Method }> = new Map(
  Object.entries({ ...messageMethods, ...mediaMethods, ...topicMethods, ...chatMethods, ...updateMethods }).map(
    ([name, run]) => [name.toLowerCase(), { name, run }],
  ),
);

/** A call as tests read it afterwards. */
export interface CallRecord {
  readonly bot: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What Telegram answered: 200 or an error code; 0 when the answer was lost on the way. */
  code: number;
  description?: string;
}

const KEPT_CALLS = 20_000;

/** The HTTP side of the Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export class BotApi {
  readonly calls: CallRecord[] = [];

  constructor(
    private readonly world: World,
    private readonly faults: Faults,
    private readonly flood?: FloodControl,
  ) {}

  /** Answers a request whose path (without the API root) and query are given. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(path);
    const call = /^\/bot([^/]+)\/(?:test\/)?([^/]*)$/.exec(path);
    try {
      if (file?.[1] && file[2]) {
        this.bot(file[1]);
        return this.sendFile(response, decodeURIComponent(file[2]));
      }
      if (!call?.[1]) throw new BotApiError(404, 'Not Found');
      const bot = this.bot(call[1]);
      const parameters = await readParameters(request, query);
      await this.answer(response, bot, call[2] ?? '', parameters);
    } catch (error) {
      sendError(response, error);
    }
  }

  /** Runs a method. @throws BotApiError */
  async run(bot: BotRecord, method: string, parameters: Parameters, signal?: AbortSignal): Promise<unknown> {
    const known = METHODS.get(method.toLowerCase());
    if (!known) throw new BotApiError(404, 'Not Found');
    return await known.run({ world: this.world, bot, parameters, signal });
  }

  private async answer(
    response: ServerResponse,
    bot: BotRecord,
    method: string,
    parameters: Parameters,
  ): Promise<void> {
    const record = this.record(bot, method, parameters);
    const hangUp = new AbortController();
    response.on('close', () => hangUp.abort());
    const plan = this.faults.take(method, parameters);
    try {
      if (plan && !plan.afterEffect) return fail(response, plan, record);
      this.flood?.admit(bot.id, record.method, parameters);
      const result = await this.run(bot, method, parameters, hangUp.signal);
      if (plan) return fail(response, plan, record);
      record.code = 200;
      const body = result instanceof Described ? { ok: true, ...result } : { ok: true, result };
      answerJson(response, 200, body);
    } catch (error) {
      record.code = error instanceof BotApiError ? error.code : 500;
      if (error instanceof BotApiError) record.description = error.description;
      throw error;
    }
  }

  private record(bot: BotRecord, method: string, parameters: Parameters): CallRecord {
    const record: CallRecord = {
      bot: this.world.chats.user(bot.id).username ?? '',
      method: METHODS.get(method.toLowerCase())?.name ?? method,
      parameters: parameters.values,
      at: Date.now(),
      code: 0,
    };
    if (record.method !== 'getUpdates') this.calls.push(record);
    if (this.calls.length > KEPT_CALLS) this.calls.splice(0, KEPT_CALLS / 2);
    return record;
  }

  /** Telegram says 404 to what cannot be a token and 401 to an unknown one. */
  private bot(token: string): BotRecord {
    const decoded = decodeURIComponent(token);
    const bot = [...this.world.state.bots.values()].find((candidate) => candidate.token === decoded);
    if (bot) return bot;
    throw /^\d+:[\w-]+$/.test(decoded) ? new BotApiError(401, 'Unauthorized') : new BotApiError(404, 'Not Found');
  }

  private sendFile(response: ServerResponse, path: string): void {
    const file = this.world.media.findByPath(path);
    const content = file && this.world.media.read(file.id);
    if (!content) throw new BotApiError(404, 'Not Found');
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': content.length });
    response.end(content);
  }
}

function fail(response: ServerResponse, { fault }: FaultPlan, record: CallRecord): void {
  switch (fault.kind) {
    case 'timeout':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'tooManyRequests':
      throw tooManyRequests(fault.retryAfter);
    case 'serverError':
      throw new BotApiError(500, 'Internal Server Error');
    case 'refuse':
      record.description = fault.description;
      throw new BotApiError(fault.code ?? codeOf(fault.description), fault.description);
  }
}

const codeOf = (description: string): number =>
  description.startsWith('Forbidden') ? 403 : description.startsWith('Unauthorized') ? 401 : 400;

function sendError(response: ServerResponse, error: unknown): void {
  const refusal =
    error instanceof BotApiError ? error : new BotApiError(500, `Internal Server Error: ${String(error)}`);
  if (response.headersSent) response.destroy();
  else {
    const wait = refusal.parameters?.retry_after;
    if (wait !== undefined) response.setHeader('retry-after', String(wait));
    answerJson(response, refusal.code, refusal.toBody());
  }
}
