/**
 * API Gateway's quotas that a client can run into. They cannot be raised at AWS; here they can be lowered for tests.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export interface GatewayLimits {
  /** Bytes of one WebSocket frame's payload. */
  readonly frameBytes: number;
  /** Bytes of one WebSocket message, and of one message posted through the management API. */
  readonly messageBytes: number;
  /** Milliseconds without a message in either direction. */
  readonly idleMillis: number;
  /** Milliseconds a connection may last. */
  readonly connectionMillis: number;
  /** Milliseconds a WebSocket route's function may take. */
  readonly webSocketIntegrationMillis: number;
  /** Bytes of an HTTP API request body. */
  readonly httpPayloadBytes: number;
  /** Milliseconds an HTTP route's function may take. */
  readonly httpIntegrationMillis: number;
  /** Bytes of an event or result of a synchronous Lambda invocation. */
  readonly lambdaPayloadBytes: number;
}

export const AWS_LIMITS: GatewayLimits = {
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  idleMillis: 10 * 60 * 1000,
  connectionMillis: 2 * 60 * 60 * 1000,
  webSocketIntegrationMillis: 29_000,
  httpPayloadBytes: 10 * 1024 * 1024,
  httpIntegrationMillis: 30_000,
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  lambdaPayloadBytes: 6 * 1024 * 1024,
};
