import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { parsed, record } from '../../json';

/** What a smoke test found out: undefined if all is well, else what went wrong, in words. */
export type SmokeTestResult = string | undefined;

/**
 * Sends PING as a visitor would, to a version or an alias of the request dispatcher, and expects PONG.
 *
 * It shows that the code starts, that its settings are complete and that it answers. It reads and writes no data.
 */
export async function pingFunction(
  lambda: Pick<LambdaClient, 'send'>,
  functionName: string,
  qualifier: string,
  stage: string,
): Promise<SmokeTestResult> {
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Qualifier: qualifier,
      Payload: Buffer.from(JSON.stringify(pingEvent(stage))),
    }),
  );
  const text = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) return `it failed: ${errorMessage(text)}`;
  return isPong(text) ? undefined : `it answered ${text.slice(0, 500) || 'nothing'}`;
}

/** The event that API Gateway makes of the frame `["PING"]`. */
function pingEvent(stage: string): object {
  const now = Date.now();
  return {
    requestContext: {
      routeKey: 'PING',
      eventType: 'MESSAGE',
      messageDirection: 'IN',
      connectionId: 'smoke-test',
      connectedAt: now,
      requestTimeEpoch: now,
      requestId: `smoke-test-${now}`,
      extendedRequestId: `smoke-test-${now}`,
      messageId: `smoke-test-${now}`,
      apiId: 'smoke-test',
      domainName: 'smoke-test',
      stage,
      identity: { sourceIp: '127.0.0.1' },
    },
    stageVariables: {},
    body: '["PING"]',
    isBase64Encoded: false,
  };
}

function isPong(text: string): boolean {
  const { statusCode, body } = record(parsed(text));
  return statusCode === 200 && JSON.stringify(parsed(String(body))) === '["PONG"]';
}

function errorMessage(text: string): string {
  const { errorType, errorMessage: message } = record(parsed(text));
  return [errorType, message].filter(Boolean).join(': ') || text;
}
