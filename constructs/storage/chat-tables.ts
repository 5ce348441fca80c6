import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { Protection } from '../core/protection';
import { Grantee } from '../core/role';
import { keyAttributes, TABLE_SCHEMAS, tableName, TableNoun, TableSchema } from './table-schemas';

export { TABLE_SCHEMAS, tableName } from './table-schemas';
export type { TableNoun, TableSchema } from './table-schemas';

export interface ChatTablesProps {
  readonly stage: string;
  /** @default Protection.none: the tables go when the stack goes */
  readonly protection?: Protection;
  /** What has to be there before the tables. @default - nothing */
  readonly after?: readonly ITerraformDependable[];
}

/** What the chat does with an item. */
const READ_WRITE = [
  'dynamodb:BatchGetItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/**
 * The four tables of a stage, on demand.
 *
 * Protected ones cannot be deleted, by Terraform or by hand, and can be restored to any second of the last 35 days.
 *
 * @example
 * const tables = new ChatTables(scope, 'tables', { stage: 'prod', protection: Protection.full });
 * tables.grantReadWrite(fn);
 */
export class ChatTables extends Construct {
  private readonly tables: ReadonlyMap<TableNoun, DynamodbTable>;

  constructor(scope: Construct, id: string, props: ChatTablesProps) {
    super(scope, id);
    this.tables = new Map(TABLE_SCHEMAS.map((schema) => [schema.noun, this.tableOf(schema, props)]));
  }

  tableName(noun: TableNoun): string {
    return this.table(noun).name;
  }

  /** May read and write the items of these tables and of their indexes; may not change the tables. */
  grantReadWrite(grantee: Grantee): void {
    grantee.role.allow('use-tables', {
      actions: READ_WRITE,
      resources: TABLE_SCHEMAS.flatMap((schema) => {
        const { arn } = this.table(schema.noun);
        return [arn, ...(schema.localIndexes ?? []).map((index) => `${arn}/index/${index.name}`)];
      }),
    });
  }

  /** May read a whole table: only /drop has to, to find the members of a channel that goes. */
  grantScan(grantee: Grantee, noun: TableNoun): void {
    grantee.role.allow(`scan-${noun.toLowerCase()}`, { actions: ['dynamodb:Scan'], resources: [this.table(noun).arn] });
  }

  private table(noun: TableNoun): DynamodbTable {
    const table = this.tables.get(noun);
    if (!table) throw new Error(`${this.node.path}: there is no table ${noun}.`);
    return table;
  }

  private tableOf(
    schema: TableSchema,
    { stage, protection = Protection.none, after = [] }: ChatTablesProps,
  ): DynamodbTable {
    return new DynamodbTable(this, schema.noun.toLowerCase(), {
      name: tableName(stage, schema.noun),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: schema.hashKey,
      rangeKey: schema.rangeKey,
      attribute: keyAttributes(schema).map((name) => ({ name, type: 'S' })),
      localSecondaryIndex: schema.localIndexes?.map((index) => ({ ...index, projectionType: 'ALL' })),
      ttl: { attributeName: schema.expiry, enabled: true },
      deletionProtectionEnabled: protection.on,
      pointInTimeRecovery: { enabled: protection.on },
      lifecycle: protection.lifecycle,
      dependsOn: [...after],
    });
  }
}
