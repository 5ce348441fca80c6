/**
 * A length of time that knows its unit, so that no prop has to say it in its name.
 *
 * @example
 * Duration.days(90).toSeconds();
 */
export class Duration {
  private constructor(private readonly seconds: number) {}

  static seconds(amount: number): Duration {
    return new Duration(amount);
  }

  static minutes(amount: number): Duration {
    return new Duration(amount * 60);
  }

  static days(amount: number): Duration {
    return new Duration(amount * 86_400);
  }

  toSeconds(): number {
    return this.seconds;
  }

  /** Whole minutes. Throws if the duration has none that are whole, rather than round in silence. */
  toMinutes(): number {
    return this.whole(60, 'minutes');
  }

  /** Whole days. Throws if the duration has none that are whole, rather than round in silence. */
  toDays(): number {
    return this.whole(86_400, 'days');
  }

  private whole(unit: number, name: string): number {
    if (this.seconds % unit !== 0) {
      throw new Error(`${this.seconds} seconds are not a whole number of ${name}: give the duration in ${name}.`);
    }
    return this.seconds / unit;
  }
}
