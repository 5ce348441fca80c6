/** One table of a stage, as plain data: Terraform makes it in AWS, and `local/` makes the same one without AWS. */
export interface TableSchema {
  /** The noun. The table's full name is `<stage>.<noun>`. */
  readonly noun: TableNoun;
  readonly hashKey: string;
  readonly rangeKey?: string;
  /** Every key is a string. Index projections hold all attributes. */
  readonly localIndexes?: readonly { readonly name: string; readonly rangeKey: string }[];
  /** The attribute that holds the end of an item's life, in epoch seconds. */
  readonly expiry: string;
}

export type TableNoun = 'Channels' | 'Members' | 'Connections' | 'Messages';

/** The one source of the tables' shape. Importable without cdktf. */
export const TABLE_SCHEMAS: readonly TableSchema[] = [
  { noun: 'Channels', hashKey: 'id', expiry: 'expiresAt' },
  { noun: 'Members', hashKey: 'id', expiry: 'expiresAt' },
  { noun: 'Connections', hashKey: 'id', expiry: 'expiresAt' },
  {
    noun: 'Messages',
    hashKey: 'conversation',
    rangeKey: 'id',
    localIndexes: [{ name: 'byTime', rangeKey: 'at' }],
    expiry: 'expiresAt',
  },
];

/** The name of a table: `dev.Channels`. */
export function tableName(stage: string, noun: TableNoun): string {
  return `${stage}.${noun}`;
}

/** All attributes of a schema that are keys of the table or of an index. */
export function keyAttributes(schema: TableSchema): string[] {
  const names = [schema.hashKey, schema.rangeKey, ...(schema.localIndexes ?? []).map((index) => index.rangeKey)];
  return names.filter((name) => name !== undefined);
}
