import type {
  ApiGatewayManagementApiClient,
  ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { ConnectionId } from '../chat/model/identifiers';
import type { VisitorPush } from '../chat/ports';

export interface ManagementPushProps {
  /** `https://<api id>.execute-api.<region>.amazonaws.com/<stage>`. */
  readonly callbackUrl: string;
  /** @default - the region and credentials of the environment */
  readonly config?: ApiGatewayManagementApiClientConfig;
}

/**
 * Pushes through API Gateway's management API. The SDK's client, loaded with the first push: beside DynamoDB's, with
 * which it shares almost everything, it costs a millisecond; Node's own fetch would cost more.
 */
export function createManagementPush({ callbackUrl, config }: ManagementPushProps): VisitorPush {
  let loaded: Promise<{ sdk: Sdk; client: ApiGatewayManagementApiClient }> | undefined;
  const api = () =>
    (loaded ??= import('./sdk/management-api.ts').then((sdk) => ({
      sdk,
      client: new sdk.ApiGatewayManagementApiClient({
        endpoint: callbackUrl,
        maxAttempts: 3,
        requestHandler: { connectionTimeout: 1000, requestTimeout: 3000 },
        ...config,
      }),
    })));

  return {
    async push(connection, frame) {
      const { sdk, client } = await api();
      try {
        await client.send(
          new sdk.PostToConnectionCommand({ ConnectionId: gatewayId(connection), Data: Buffer.from(frame) }),
        );
        return 'sent';
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error;
      }
    },
    async disconnect(connection) {
      const { sdk, client } = await api();
      try {
        await client.send(new sdk.DeleteConnectionCommand({ ConnectionId: gatewayId(connection) }));
      } catch (error) {
        if (!isGone(error)) throw error;
      }
    },
  };
}

type Sdk = typeof import('./sdk/management-api');

function gatewayId(connection: ConnectionId): string {
  return connection.slice('ws:'.length);
}

/** 410: it was there and is no more. 400 is how a malformed (so never existing) connection id is answered. */
function isGone(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'GoneException' || $metadata?.httpStatusCode === 410 || $metadata?.httpStatusCode === 400;
}
