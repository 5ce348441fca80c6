import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { TerraformOutput, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { AwsTarget } from '../constructs/core/aws-account';
import { ChatTables } from '../constructs/storage/chat-tables';
import { DynamodbLocal } from '../constructs/storage/dynamodb-local';

export interface LocalStackProps extends Pick<AwsTarget, 'providerVersion'> {
  /** A DynamoDB that runs already, for example `http://127.0.0.1:8000`. @default - one is started in Docker on port 8000 */
  readonly dynamodbEndpointUrl?: string;
}

/**
 * A DynamoDB on this machine, with the tables that the stage `dev` has in AWS. Its state is a file beside the code.
 *
 * @example
 * new LocalStack(new App(), 'local', { dynamodbEndpointUrl: 'http://127.0.0.1:8000' });
 */
export class LocalStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: LocalStackProps = {}) {
    super(scope, id);
    const database =
      props.dynamodbEndpointUrl === undefined ? new DynamodbLocal(this, 'dynamodb', { port: 8000 }) : undefined;
    const endpointUrl = props.dynamodbEndpointUrl ?? 'http://localhost:8000';
    new AwsProvider(this, 'aws', {
      region: 'local',
      // DynamoDB Local accepts any; this provider never reaches AWS.
      accessKey: 'local',
      secretKey: 'local',
      endpoints: [{ dynamodb: endpointUrl }],
      skipCredentialsValidation: true,
      skipMetadataApiCheck: 'true',
      skipRegionValidation: true,
      skipRequestingAccountId: true,
    });
    if (props.providerVersion) this.addOverride('terraform.required_providers.aws.version', props.providerVersion);
    new ChatTables(this, 'tables', { stage: 'dev', after: database && [database.container] });
    new TerraformOutput(this, 'dynamodb-endpoint', { value: endpointUrl, staticId: true });
  }
}
