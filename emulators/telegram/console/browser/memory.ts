import { placeKey, type Place } from './place';

const NAME = 'operator-console';

/** As it is stored. */
interface Remembered {
  readonly me?: number;
  readonly read?: Readonly<Record<string, number>>;
}

/** What this browser remembers: who the operator is and what they have read. */
export class Memory {
  private remembered = JSON.parse(localStorage.getItem(NAME) ?? '{}') as Remembered;

  /** The operator's id. */
  get me(): number | undefined {
    return this.remembered.me;
  }

  set me(me: number | undefined) {
    this.keep({ ...this.remembered, me });
  }

  /** The last message that they have read in a place; 0: none. */
  lastRead(place: Place): number {
    return this.remembered.read?.[placeKey(place)] ?? 0;
  }

  /** They have read everything in a place up to this message. */
  read(place: Place, message: number): void {
    if (message <= this.lastRead(place)) return;
    this.keep({ ...this.remembered, read: { ...this.remembered.read, [placeKey(place)]: message } });
  }

  private keep(remembered: Remembered): void {
    this.remembered = remembered;
    localStorage.setItem(NAME, JSON.stringify(remembered));
  }
}
