import { TABLE_SCHEMAS, tableName } from '../constructs/storage/table-schemas';
import type { TableDefinition } from '../emulators/aws/dynamodb/tables';

/** The tables of a stage, with the shape that Terraform gives them in AWS. */
export function stageTables(stage: string): TableDefinition[] {
  return TABLE_SCHEMAS.map(({ noun, ...shape }) => ({ ...shape, name: tableName(stage, noun) }));
}
