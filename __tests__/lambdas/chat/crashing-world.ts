/** Counts the side effects of a function instance, and stops it dead when it has had so many. */
export class Life {
  /** What has been done, in order. */
  readonly effects: string[] = [];
  readonly dead: Promise<'dead'>;
  #die!: (how: 'dead') => void;

  /** `span`: effects until the end; the one after that is not done any more. */
  constructor(private readonly span = Infinity) {
    this.dead = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /**
   * The same object, each of whose methods named in `tasks` is an effect. After the end every call, of whatever method,
   * stays without an answer: as for a process that was killed.
   */
  of<T extends object>(name: string, target: T, tasks: readonly string[]): T {
    return new Proxy(target, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (this.effects.length >= this.span) return this.#end();
          if (!tasks.includes(String(property))) return value.apply(object, args);
          this.effects.push(`${name}.${String(property)}`);
          // The effect happens; whether anybody learns of it depends on what is left of this life.
          const outcome: unknown = value.apply(object, args);
          return Promise.resolve(outcome).then((result) => (this.effects.length >= this.span ? this.#end() : result));
        };
      },
    });
  }

  #end(): Promise<never> {
    this.#die('dead');
    return new Promise(() => undefined);
  }
}

/** Everything of the world that changes something. */
export const EFFECTS = {
  channels: [
    'create',
    'change',
    'remove',
    'moveHost',
    'openConversation',
    'closeConversation',
    'blockHost',
    'takeTurn',
    'use',
    'suspend',
    'resume',
  ],
  members: [
    ...['attach', 'detach', 'countSent', 'change', 'remove', 'requestDelivery', 'releaseDelivery', 'claimTopic'],
    ...['claimPin', 'linkChat', 'unlinkChat', 'linkTopic', 'unlinkTopic', 'expel', 'removePointers'],
  ],
  messages: [
    ...[
      'put',
      'attempt',
      'abandonAttempt',
      'partDelivered',
      'delivered',
      'correct',
      'remove',
      'removeSome',
      'pointReply',
    ],
    ...['correctUnsent', 'noteWaiting', 'forgetWaiting', 'claimUpdate', 'releaseUpdate', 'finishUpdate'],
  ],
  queue: ['send'],
  files: ['write', 'keep', 'removeSome'],
  push: ['push', 'disconnect'],
  messenger: ['post', 'rewrite', 'remove', 'pin', 'unpin', 'createTopic', 'reopenTopic', 'acknowledge', 'reread'],
} as const;
