import { CodeBuildClient } from '@aws-sdk/client-codebuild';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';

/** Who these credentials are. */
export interface Identity {
  /** Twelve digits. */
  readonly account: string;
  readonly arn: string;
}

export interface AwsAccessProps {
  readonly region: string;
  /** Where AWS is emulated. @default - the real AWS */
  readonly endpointUrl?: string;
  /** How long a call may take. */
  readonly seconds: number;
}

/** The services that the doctor asks. They look for credentials together, once, and try each call once. */
export class AwsAccess {
  readonly s3: S3Client;
  readonly sns: SNSClient;
  readonly dynamodb: DynamoDBClient;
  readonly codebuild: CodeBuildClient;
  private readonly sts: STSClient;

  constructor(private readonly props: AwsAccessProps) {
    const { region, endpointUrl, seconds } = props;
    const milliseconds = seconds * 1000;
    const common = {
      region,
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: milliseconds,
        requestTimeout: milliseconds,
        socketTimeout: milliseconds,
        throwOnRequestTimeout: true,
      },
      ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    };
    this.sts = new STSClient(common);
    const shared = { ...common, credentials: this.sts.config.credentials };
    this.s3 = new S3Client({ ...shared, forcePathStyle: endpointUrl !== undefined });
    this.sns = new SNSClient(shared);
    this.dynamodb = new DynamoDBClient(shared);
    this.codebuild = new CodeBuildClient(shared);
  }

  /** The identity behind these credentials. Throws what the SDK throws. */
  async identity(): Promise<Identity> {
    const { Account, Arn } = await this.sts.send(new GetCallerIdentityCommand());
    if (Account === undefined || Arn === undefined) throw new SyntaxError('An answer without an account');
    return { account: Account, arn: Arn };
  }

  /**
   * The status of a connection to GitHub: `AVAILABLE`, `PENDING` or `ERROR`. Throws an error with AWS's words. The service's older
   * name has its own prefix.
   * https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_GetConnection.html
   */
  async connectionStatus(connectionArn: string): Promise<string> {
    const [, , service = '', region = ''] = connectionArn.split(':');
    const { Connection } = (await this.call({
      service,
      region,
      host: `${service}.${region}.amazonaws.com`,
      contentType: 'application/x-amz-json-1.0',
      target: `${CONNECTION_TARGETS[service] ?? service}.GetConnection`,
      body: { ConnectionArn: connectionArn },
    })) as ConnectionAnswer;
    return Connection?.ConnectionStatus ?? 'unknown';
  }

  /**
   * Looks at the budgets of an account, which have no region. Throws an error with AWS's words.
   * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudgets.html
   */
  async describeBudgets(account: string): Promise<void> {
    await this.call({
      service: 'budgets',
      region: 'us-east-1',
      host: 'budgets.amazonaws.com',
      contentType: 'application/x-amz-json-1.1',
      target: 'AWSBudgetServiceGateway.DescribeBudgets',
      body: { AccountId: account, MaxResults: 1 },
    });
  }

  /** Signed here: AWS's own client of each service would be one more package for one call. */
  private async call({ service, region, host, contentType, target, body: input }: SignedCall): Promise<unknown> {
    const url = new URL(this.props.endpointUrl ?? `https://${host}`);
    const body = JSON.stringify(input);
    const signer = new SignatureV4({
      service,
      region,
      credentials: this.sts.config.credentials,
      sha256: this.sts.config.sha256,
    });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: '/',
      headers: { host: url.host, 'content-type': contentType, 'x-amz-target': target },
      body,
    });
    const response = await fetch(new URL('/', url), {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(this.props.seconds * 1000),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw refusal(response.status, answer as RefusalAnswer);
    return answer;
  }
}

interface SignedCall {
  readonly service: string;
  readonly region: string;
  readonly host: string;
  readonly contentType: string;
  readonly target: string;
  readonly body: object;
}

interface ConnectionAnswer {
  readonly Connection?: { readonly ConnectionStatus?: string };
}

interface RefusalAnswer {
  readonly __type?: string;
  readonly message?: string;
  readonly Message?: string;
}

const CONNECTION_TARGETS: Readonly<Record<string, string>> = {
  codeconnections: 'com.amazonaws.codeconnections.CodeConnections_20231201',
  'codestar-connections': 'com.amazonaws.codestar.connections.CodeStar_connections_20191201',
};

/** In the shape of the SDK's errors. */
function refusal(httpStatusCode: number, { __type, message, Message }: RefusalAnswer): Error {
  const name = __type?.split('#').at(-1) ?? 'UnknownError';
  return Object.assign(new Error(message ?? Message ?? name), { name, $metadata: { httpStatusCode } });
}
