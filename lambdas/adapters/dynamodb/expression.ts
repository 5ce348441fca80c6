import { attribute, type Item, type Plain } from './item';

/**
 * An update expression in the making. Every attribute is named through a placeholder, so that no reserved word of
 * DynamoDB can be hit.
 */
export class Expression {
  private readonly names: Record<string, string> = {};
  private readonly values: Item = {};
  private readonly sets: string[] = [];
  private readonly adds: string[] = [];
  private readonly deletes: string[] = [];
  private readonly removes: string[] = [];
  private readonly conditions: string[] = [];

  /** Sets attributes; undefined ones are left as they are. */
  set(values: Readonly<Record<string, Plain>>): this {
    for (const [name, value] of Object.entries(values)) {
      if (value !== undefined) this.sets.push(`${this.name(name)} = ${this.value(value)}`);
    }
    return this;
  }

  /** Sets attributes that are not there yet. */
  setOnce(values: Readonly<Record<string, Exclude<Plain, undefined>>>): this {
    for (const [name, value] of Object.entries(values)) {
      this.sets.push(`${this.name(name)} = if_not_exists(${this.name(name)}, ${this.value(value)})`);
    }
    return this;
  }

  /** Sets one attribute to what another one holds. */
  copy(from: string, to: string): this {
    this.sets.push(`${this.name(to)} = ${this.name(from)}`);
    return this;
  }

  /** Adds to a number or to a set. */
  add(name: string, value: number | readonly string[]): this {
    this.adds.push(`${this.name(name)} ${this.value(value)}`);
    return this;
  }

  /** Takes out of a set. */
  takeOut(name: string, values: readonly string[]): this {
    this.deletes.push(`${this.name(name)} ${this.value(values)}`);
    return this;
  }

  remove(...names: readonly string[]): this {
    this.removes.push(...names.map((name) => this.name(name)));
    return this;
  }

  /** One more condition, with `{attribute}` for names and `?` for the values in their order. */
  when(template: string, ...values: readonly Exclude<Plain, undefined>[]): this {
    let next = 0;
    this.conditions.push(
      template
        .replace(/\{(\w+)\}/g, (_, name: string) => this.name(name))
        .replace(/\?/g, () => this.value(values[next++] ?? '')),
    );
    return this;
  }

  /** The parts of an UpdateItem request. */
  update() {
    const clauses = [
      ['SET', this.sets],
      ['ADD', this.adds],
      ['DELETE', this.deletes],
      ['REMOVE', this.removes],
    ] as const;
    const written = clauses
      .filter(([, parts]) => parts.length > 0)
      .map(([verb, parts]) => `${verb} ${parts.join(', ')}`);
    return { UpdateExpression: written.join(' '), ...this.condition() };
  }

  /** The parts of a PutItem or DeleteItem request. */
  condition() {
    return {
      ...(this.conditions.length > 0
        ? { ConditionExpression: this.conditions.map((one) => `(${one})`).join(' AND ') }
        : {}),
      ...this.attributes(),
    };
  }

  /** The parts of a Query request. */
  query() {
    return { KeyConditionExpression: this.conditions.join(' AND '), ...this.attributes() };
  }

  /** The parts of a Scan request. */
  filter() {
    return { FilterExpression: this.conditions.join(' AND '), ...this.attributes() };
  }

  /** The placeholder of an attribute. */
  name(attributeName: string): string {
    const placeholder = `#${attributeName}`;
    this.names[placeholder] = attributeName;
    return placeholder;
  }

  /** The placeholder of a value. */
  value(value: Exclude<Plain, undefined>): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = attribute(value);
    return placeholder;
  }

  /** A raw `SET` part, for what the methods above cannot say. */
  setRaw(part: string): this {
    this.sets.push(part);
    return this;
  }

  /** A raw `REMOVE` part. */
  removeRaw(part: string): this {
    this.removes.push(part);
    return this;
  }

  private attributes() {
    return {
      ...(Object.keys(this.names).length > 0 ? { ExpressionAttributeNames: this.names } : {}),
      ...(Object.keys(this.values).length > 0 ? { ExpressionAttributeValues: this.values } : {}),
    };
  }
}
