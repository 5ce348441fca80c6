import type { Message } from '@aws-sdk/client-sqs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isFromAnotherWebsite } from '../../web-access';
import { ApiGateway } from '../api-gateway/moto-api-gateway';
import { failure, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, ownRequest, type OwnCall, type RawRequest } from '../protocol/aws-request';
import { text } from '../../../json';
import { Budgets } from '../budgets/moto-budgets';
import type { CallLog } from './call-log';
import { CodeBuild } from '../codebuild/moto-codebuild';
import { Connections, type ConnectionsEndpoint } from '../api-gateway/connections';
import { EmulatedAccount } from './emulated-account';
import type { EmulatedService } from '../protocol/emulated-service';
import { EventSourceMappings, type StartPoller } from '../lambda/event-source-mappings';
import { ACCOUNT_ID, type Credentials } from './identities';
import { Lambda } from '../lambda/moto-lambda';
import { CodeStore } from '../lambda/code-store';
import { FunctionRunner, type LogLine } from '../lambda/function-runner';
import { LogDelivery } from '../logs/log-delivery';
import { Logs } from '../logs/moto-logs';
import { MotoServer } from './moto-server';
import { findProgram, MOTO_SERVER, type Environment } from './program';
import { isSignedLink } from '../s3/presigned-url';
import { AwsProxy } from './proxy';
import { QueueWatch } from '../sqs/queue-watch';
import { S3 } from '../s3/moto-s3';
import { Sqs } from '../sqs/moto-sqs';
import { QueuePoller } from '../lambda/queue-poller';

/** Stands in the call log for Lambda's own pollers of queues, which invoke as the function's role. */
const POLLER = 'sqs.amazonaws.com';

/** Messages also become visible without a call. */
const POLL_INTERVAL_MS = 1000;

/** How the emulated account is started. */
export interface EmulatedAwsOptions {
  /** `PATH` is searched for `moto_server`, and functions get it. */
  readonly environment: Environment;
  /** @default 0, any free port */
  readonly port?: number;
  /** @default eu-north-1 */
  readonly region?: string;
  /** Takes each line that a function prints. */
  readonly log?: (line: LogLine) => void;
}

/**
 * An AWS account on this machine: moto behind a proxy that answers what moto lacks, runs functions and moves messages
 * from queues to them. Nothing outlives the process.
 */
export class EmulatedAws {
  readonly region: string;
  private readonly account: EmulatedAccount;
  private readonly queues = new QueueWatch();
  private readonly connections = new Connections();
  private readonly lambda: Lambda;
  private readonly runner: FunctionRunner;
  private readonly mappings: EventSourceMappings;
  private readonly logs: LogDelivery;
  private proxy: AwsProxy | undefined;

  private constructor(
    private readonly moto: MotoServer,
    private readonly folder: string,
    options: EmulatedAwsOptions,
  ) {
    this.region = options.region ?? 'eu-north-1';
    this.account = new EmulatedAccount(async (raw) => await moto.send(raw));
    this.logs = new LogDelivery(async (group, stream, lines) => await this.putLogEvents(group, stream, lines));
    const code = new CodeStore(folder);
    this.runner = new FunctionRunner({
      folder,
      code,
      region: this.region,
      searchPath: options.environment['PATH'] ?? '',
      credentials: (roleArn) => this.account.identities.assume(roleArn),
      endpointUrl: () => this.url,
      log: (line) => {
        this.logs.add(line);
        options.log?.(line);
      },
    });
    this.lambda = new Lambda(code, this.runner);
    this.mappings = new EventSourceMappings((mapping) => this.poller(mapping));
    this.account.add(firstOf(this.mappings, this.lambda));
    for (const service of [
      new ApiGateway(),
      new Budgets(),
      new CodeBuild(),
      new Logs(),
      new S3(this.account.identities),
      new Sqs(this.queues),
      this.connections,
    ]) {
      this.account.add(service);
    }
  }

  /**
   * Starts the account.
   * @throws Error with one sentence for people: `moto_server` is missing or does not start, the port is in use
   */
  static async start(options: EmulatedAwsOptions): Promise<EmulatedAws> {
    const program = findProgram(MOTO_SERVER, options.environment);
    const folder = mkdtempSync(join(tmpdir(), 'emulated-aws-'));
    let moto: MotoServer | undefined;
    try {
      moto = await MotoServer.start(program, options.environment);
      const aws = new EmulatedAws(moto, folder, options);
      aws.proxy = await AwsProxy.listen(options.port ?? 0, async (raw) => await aws.answer(raw));
      return aws;
    } catch (error) {
      await moto?.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** What `AWS_ENDPOINT_URL` is set to. */
  get url(): string {
    if (this.proxy === undefined) throw new Error('The emulated account is not started.');
    return this.proxy.url;
  }

  /** Every call that was made, with its caller and resource. */
  get calls(): CallLog {
    return this.account.calls;
  }

  /** The variables that point the AWS SDKs, the AWS CLI and Terraform at this account. */
  variables(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: this.region,
      AWS_DEFAULT_REGION: this.region,
      AWS_ACCESS_KEY_ID: 'AKIAEMULATEDDEPLOYER',
      AWS_SECRET_ACCESS_KEY: 'emulated',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Keys that act as a role. */
  credentials(roleArn: string): Credentials {
    return this.account.identities.assume(roleArn);
  }

  /** Makes a call in the account and returns its JSON. @throws Error with AWS's words, if it is refused */
  async call(call: Omit<OwnCall, 'region'> & { readonly region?: string }): Promise<Record<string, unknown>> {
    const reply = await this.handle({ region: this.region, ...call });
    if (reply.status >= 300) throw new Error(refusalOf(reply));
    return jsonBody(reply);
  }

  /** Makes a call whose answer is not JSON and returns its text. @throws Error with AWS's words, if it is refused */
  async text(call: Omit<OwnCall, 'region'>): Promise<string> {
    const reply = await this.handle({ region: this.region, ...call });
    if (reply.status >= 300) throw new Error(refusalOf(reply));
    return reply.body.toString();
  }

  /**
   * Runs a function as a service of AWS would.
   * @param reference name or ARN with its alias
   * @param caller the service, such as `apigateway.amazonaws.com`
   * @throws Error with the function's own words, if it failed or is not there
   */
  async invoke(reference: string, event: unknown, caller = 'apigateway.amazonaws.com'): Promise<unknown> {
    const resource = reference.startsWith('arn:')
      ? reference
      : `arn:aws:lambda:${this.region}:${ACCOUNT_ID}:function:${reference}`;
    this.account.calls.record({ at: Date.now(), caller, action: 'lambda:InvokeFunction', resource, status: 200 });
    const result = await this.lambda.invoke(
      reference,
      Buffer.from(JSON.stringify(event)),
      caller === POLLER ? undefined : caller,
      this.region,
      async (raw) => await this.moto.send(raw),
    );
    const value: unknown = JSON.parse(result.payload.toString() || 'null');
    if (result.failed)
      throw new Error(`${reference} failed: ${text((value as Record<string, unknown> | null)?.['errorMessage'])}`);
    return value;
  }

  /** Hands the calls of the management API to the gateway that holds the connections. */
  serveConnections(endpoint: ConnectionsEndpoint): void {
    this.connections.endpoint = endpoint;
  }

  /** Delivers what functions have printed to CloudWatch Logs now. */
  async flushLogs(): Promise<void> {
    await this.logs.flush();
  }

  /** Ends functions, pollers, the proxy and moto. */
  async stop(): Promise<void> {
    this.mappings.stop();
    this.runner.stop();
    await this.proxy?.close();
    await this.moto.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Answers what came to the endpoint. A website may follow links that a function has signed, and nothing else. */
  private async answer(raw: RawRequest): Promise<AwsReply> {
    const { identities } = this.account;
    if (isFromAnotherWebsite(raw) && !(await isSignedLink(raw, (key) => identities.secretOf(key)))) {
      return failure('AccessDenied', 'No website may work in this account.', 403);
    }
    return await this.account.handle(raw);
  }

  private async handle(call: OwnCall): Promise<AwsReply> {
    return await this.account.handle(ownRequest(call));
  }

  private poller({ region, queueArn, functionArn, ...options }: Parameters<StartPoller>[0]): QueuePoller {
    const name = queueArn.split(':').at(-1) ?? '';
    const asRole = async (operation: string, body: Record<string, unknown>): Promise<Record<string, unknown>> =>
      await this.call({
        service: 'sqs',
        region,
        target: `AmazonSQS.${operation}`,
        accessKeyId: await this.roleKeyOf(functionArn),
        body: { QueueUrl: `${this.url}/${ACCOUNT_ID}/${name}`, ...body },
      });
    return new QueuePoller({
      ...options,
      source: {
        arn: queueArn,
        receive: async (count) => {
          const request = { MaxNumberOfMessages: count, AttributeNames: ['All'], MessageAttributeNames: ['All'] };
          const { Messages } = await asRole('ReceiveMessage', request);
          return Array.isArray(Messages) ? (Messages as Message[]) : [];
        },
        remove: async (messages) => {
          const entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
          await asRole('DeleteMessageBatch', { Entries: entries });
        },
        onAvailable: (listener) => this.queues.watch(name, listener),
        nextLook: () => POLL_INTERVAL_MS,
      },
      invoke: async (event) => await this.invoke(functionArn, event, POLLER),
    });
  }

  /** Lambda polls with the keys of the function's role. */
  private async roleKeyOf(functionArn: string): Promise<string> {
    const found = await this.lambda.resolve(functionArn, null, this.region, async (raw) => await this.moto.send(raw));
    if ('refusal' in found) throw new Error(refusalOf(found.refusal));
    return this.account.identities.assume(found.configuration.roleArn).accessKeyId;
  }

  private async putLogEvents(group: string, stream: string, lines: readonly LogLine[]): Promise<void> {
    const role = await this.roleKeyOf(lines[0]?.functionName ?? '');
    const asRole = async (operation: string, body: unknown): Promise<AwsReply> =>
      await this.handle({
        service: 'logs',
        region: this.region,
        target: `Logs_20140328.${operation}`,
        accessKeyId: role,
        body,
      });
    const name = { logGroupName: group, logStreamName: stream };
    // A group that is not there any more stays away: a function's last words must not bring it back after a destroy.
    await asRole('CreateLogStream', name);
    await asRole('PutLogEvents', {
      ...name,
      logEvents: lines.map((line) => ({ timestamp: line.at, message: line.line })),
    });
  }
}

/** Two services that sign with one name: the first that has an answer gives it. */
function firstOf(...services: readonly [EmulatedService, EmulatedService]): EmulatedService {
  return {
    signingNames: ['lambda'],
    answer: async (request, send) =>
      (await services[0].answer(request, send)) ?? (await services[1].answer(request, send)),
  };
}

function refusalOf(reply: AwsReply): string {
  try {
    const body = jsonBody(reply);
    return text(body['message']) || text(body['Message']) || `The emulated account answered ${reply.status}.`;
  } catch {
    return `The emulated account answered ${reply.status}: ${reply.body.toString().slice(0, 300)}`;
  }
}
