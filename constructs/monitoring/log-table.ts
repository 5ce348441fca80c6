import { GlueCatalogDatabase } from '@cdktf/provider-aws/lib/glue-catalog-database';
import { GlueCatalogTable } from '@cdktf/provider-aws/lib/glue-catalog-table';
import { Construct } from 'constructs';
import { LOG_FIELDS } from './log-fields';

export interface LogTableProps {
  /** Lower case, digits and underscores. */
  readonly databaseName: string;
  /** Where the lines are, gzipped, in a folder for each day: `s3://bucket/lines/`. */
  readonly location: string;
}

/**
 * What the functions log, as the table `lines` for Athena: a column for each field that has a name here, a partition for each day.
 *
 * The partitions are worked out from the day (partition projection), so nobody has to add them:
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
 *
 * @example
 * new LogTable(scope, 'table', { databaseName: 'kite_dev', location: 's3://kite-logs/lines/' });
 */
export class LogTable extends Construct {
  constructor(scope: Construct, id: string, { databaseName, location }: LogTableProps) {
    super(scope, id);
    const database = new GlueCatalogDatabase(this, 'database', { name: databaseName });
    new GlueCatalogTable(this, 'lines', {
      name: 'lines',
      databaseName: database.name,
      tableType: 'EXTERNAL_TABLE',
      partitionKeys: [{ name: 'day', type: 'string' }],
      parameters: {
        EXTERNAL: 'TRUE',
        'projection.enabled': 'true',
        'projection.day.type': 'date',
        'projection.day.format': 'yyyy/MM/dd',
        'projection.day.range': '2025/01/01,NOW',
        'projection.day.interval': '1',
        'projection.day.interval.unit': 'DAYS',
        // Athena's own ${day}, not Terraform's.
        'storage.location.template': `${location}$\${day}/`,
      },
      storageDescriptor: {
        location,
        inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
        outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
        // A line that is no JSON is a row of nothing, rather than the end of the query.
        serDeInfo: {
          serializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
          parameters: { 'ignore.malformed.json': 'true', 'case.insensitive': 'true' },
        },
        columns: Object.entries(LOG_FIELDS).map(([name, type]) => ({ name: name.toLowerCase(), type })),
      },
    });
  }
}
