import { randomInt } from 'node:crypto';

/** What the person who pressed a button is shown. */
export interface CallbackAnswer {
  readonly text?: string;
  readonly alert: boolean;
  readonly url?: string;
}

interface Query {
  readonly botId: number;
  answer?: CallbackAnswer;
  readonly resolve: (answer: CallbackAnswer) => void;
}

/** Presses of inline buttons that wait for their answer. */
export class Callbacks {
  private readonly queries = new Map<string, Query>();

  /** A new query for a bot, and the promise of its answer. */
  open(botId: number): { id: string; answer: Promise<CallbackAnswer> } {
    const id = `${randomInt(1e9, 1e10)}${randomInt(1e8, 1e9)}`;
    const answer = new Promise<CallbackAnswer>((resolve) => this.queries.set(id, { botId, resolve }));
    return { id, answer };
  }

  /** false if the bot has no such query or has answered it. */
  answer(botId: number, id: string, answer: CallbackAnswer): boolean {
    const query = this.queries.get(id);
    if (!query || query.botId !== botId || query.answer) return false;
    query.answer = answer;
    query.resolve(answer);
    return true;
  }
}
