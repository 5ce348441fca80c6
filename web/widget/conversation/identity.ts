const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random characters from `crypto`, each of the 62 equally likely. */
export function randomCharacters(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 = 4 * 62: bytes above would favor the first letters.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % ALPHABET.length];
    }
  }
  return text;
}

/** The visitor's secret: anyone who knows it is that visitor, so it is never shown and goes to the server only. */
const LENGTH = 10;

/**
 * The visitor's id, kept in this browser under a name of its own for each endpoint. Nothing is stored before
 * `create`; where storage is forbidden the id lasts as long as the page.
 */
export class Identity {
  private memory: string | undefined;

  constructor(private readonly key: string) {}

  /** The id, if the visitor has one. */
  get(): string | undefined {
    try {
      const stored = localStorage.getItem(this.key);
      if (stored && /^[A-Za-z0-9]{10}$/.test(stored)) return stored;
    } catch {
      // Storage is forbidden on this page.
    }
    return this.memory;
  }

  /** The id, made and stored if there is none. Two tabs that do this at once end with the same one. */
  create(): string {
    const known = this.get();
    if (known) return known;
    this.memory = randomCharacters(LENGTH);
    try {
      localStorage.setItem(this.key, this.memory);
    } catch {
      // It lasts as long as the page.
    }
    return this.get() ?? this.memory;
  }

  forget(): void {
    this.memory = undefined;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // There was nothing stored.
    }
  }
}
