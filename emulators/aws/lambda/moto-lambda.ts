import { setTimeout as pause } from 'node:timers/promises';

import { changed, empty, failure, json, type AwsReply } from '../protocol/aws-reply';
import { jsonBody, ownRequest, withBody, type AwsRequest } from '../protocol/aws-request';
import { isRecord, parsed, record, records, text } from '../../../json';
import type { EmulatedService, Send } from '../protocol/emulated-service';
import type { CodeStore } from './code-store';
import { readFunctionConfiguration, type FunctionConfiguration } from './function-configuration';
import { parseFunctionReference } from './function-reference';
import type { FunctionRunner, RunResult } from './function-runner';

/** Settings that moto takes at creation or not at all, and does not change afterwards. */
const KEPT_SETTINGS = [
  'LoggingConfig',
  'DeadLetterConfig',
  'EphemeralStorage',
  'TracingConfig',
  'KMSKeyArn',
  'Architectures',
];

const FUNCTION = /^\/2015-03-31\/functions\/([^/]+)(?:\/(code|configuration|invocations))?\/?$/;
const RECURSION = /^\/2024-08-31\/functions\/([^/]+)\/recursion-config$/;
const FUNCTIONS = /^\/2015-03-31\/functions\/?$/;

/** Waits between the tries of an asynchronous invocation that fails, in milliseconds. Lambda's own are minutes. */
const ASYNC_RETRY_WAITS_MS = [1000, 2000];

/** A function that was found, or the answer that says it was not. */
type Resolved =
  { readonly configuration: FunctionConfiguration; readonly arn: string } | { readonly refusal: AwsReply };

/** Lambda: moto keeps functions, versions, aliases and policies; their code is kept and run here. */
export class Lambda implements EmulatedService {
  readonly signingNames = ['lambda'];
  private readonly kept = new Map<string, Record<string, unknown>>();
  /** `Allow` or `Terminate`, by function. Nothing here detects loops. */
  private readonly loops = new Map<string, unknown>();
  private readonly resolved = new Map<string, Promise<Resolved>>();
  private readonly allowed = new Map<string, Promise<boolean>>();

  /** @param retryWaitsMs waits between the tries of an asynchronous invocation */
  constructor(
    private readonly code: CodeStore,
    private readonly runner: FunctionRunner,
    private readonly retryWaitsMs: readonly number[] = ASYNC_RETRY_WAITS_MS,
  ) {}

  async answer(request: AwsRequest, send: Send): Promise<AwsReply | undefined> {
    const [, looping] = RECURSION.exec(request.path) ?? [];
    if (looping !== undefined) return await this.answerRecursion(looping, request, send);
    const [, encoded, part] = FUNCTION.exec(request.path) ?? [];
    const name = encoded === undefined ? '' : parseFunctionReference(encoded).name;
    if (part === 'invocations') return await this.answerInvoke(encoded ?? '', request, send);
    if (request.method === 'GET') {
      return changed(await send(request), (body) => this.completed(body));
    }
    try {
      if (request.method === 'POST' && FUNCTIONS.test(request.path)) return await this.create(request, send);
      if (request.method === 'PUT' && part === 'code') return await this.updateCode(name, request, send);
      if (request.method === 'PUT' && part === 'configuration') {
        this.keep(name, jsonBody(request));
        return changed(await send(request), (body) => this.completed(body));
      }
      if (request.method === 'DELETE' && encoded !== undefined && !request.query.has('Qualifier')) {
        this.kept.delete(name);
        this.loops.delete(name);
      }
      // Awaited here: what is looked up while moto changes an alias must not be remembered.
      return await send(request);
    } finally {
      this.forget();
    }
  }

  /**
   * Invokes a function and waits for its end.
   * @param reference name or ARN, with or without a qualifier
   * @param caller the service that invokes, which the function's policy must allow; `undefined` for one that acts as the
   * function's own role, as the pollers of queues do
   * @throws Error if there is no such function, or the caller may not invoke it
   */
  async invoke(
    reference: string,
    payload: Buffer,
    caller: string | undefined,
    region: string,
    send: Send,
  ): Promise<RunResult> {
    const found = await this.resolve(reference, null, region, send);
    if (caller !== undefined && !(await this.allows(reference, caller, region, send))) {
      const { name, qualifier } = parseFunctionReference(reference);
      throw new Error(
        `${caller} may not invoke ${name}${qualifier === undefined ? '' : `:${qualifier}`}: no statement of its policy allows it.`,
      );
    }
    if ('refusal' in found)
      throw new Error(text(jsonBody(found.refusal)['Message']) || `There is no function ${reference}.`);
    return await this.runner.run(found.configuration, found.arn, payload);
  }

  /** The configuration that a reference resolves to, or AWS's refusal. */
  async resolve(reference: string, qualifier: string | null, region: string, send: Send): Promise<Resolved> {
    const parsed = parseFunctionReference(reference, qualifier);
    const key = `${region} ${parsed.name}:${parsed.qualifier ?? ''}`;
    const known = this.resolved.get(key);
    if (known !== undefined) return await known;
    const asked = this.ask(parsed.name, parsed.qualifier, region, send);
    this.resolved.set(key, asked);
    const found = await asked;
    if ('refusal' in found) this.resolved.delete(key);
    return found;
  }

  /** Whether the policy of a function lets a service invoke it. */
  private async allows(reference: string, caller: string, region: string, send: Send): Promise<boolean> {
    const { name, qualifier } = parseFunctionReference(reference);
    const key = `${region} ${name}:${qualifier ?? ''} ${caller}`;
    const known = this.allowed.get(key);
    if (known !== undefined) return await known;
    const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
    const asked = send(
      ownRequest({ service: 'lambda', region, method: 'GET', url: `/2015-03-31/functions/${name}/policy${query}` }),
    ).then((reply) => reply.status === 200 && statementsOf(reply).some((statement) => allowsInvoke(statement, caller)));
    this.allowed.set(key, asked);
    return await asked;
  }

  private async ask(name: string, qualifier: string | undefined, region: string, send: Send): Promise<Resolved> {
    const query = qualifier === undefined ? '' : `?Qualifier=${encodeURIComponent(qualifier)}`;
    const url = `/2015-03-31/functions/${name}/configuration${query}`;
    const reply = await send(ownRequest({ service: 'lambda', region, method: 'GET', url }));
    if (reply.status !== 200) return { refusal: reply };
    const body = this.completed(jsonBody(reply));
    const arn = text(body['FunctionArn']).split(':').slice(0, 7).join(':');
    return {
      configuration: readFunctionConfiguration(body),
      arn: qualifier === undefined ? arn : `${arn}:${qualifier}`,
    };
  }

  /** moto does not know loop detection: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html */
  private async answerRecursion(reference: string, request: AwsRequest, send: Send): Promise<AwsReply> {
    const found = await this.resolve(reference, null, request.region, send);
    if ('refusal' in found) return found.refusal;
    const { name } = parseFunctionReference(reference);
    if (request.method === 'PUT') this.loops.set(name, jsonBody(request)['RecursiveLoop']);
    return json({ RecursiveLoop: this.loops.get(name) ?? 'Terminate' });
  }

  private async answerInvoke(reference: string, request: AwsRequest, send: Send): Promise<AwsReply> {
    const found = await this.resolve(reference, request.query.get('Qualifier'), request.region, send);
    if ('refusal' in found) return found.refusal;
    const type = request.headers['x-amz-invocation-type'];
    if (type === 'DryRun') return empty(204);
    if (type === 'Event') {
      this.runLater(found, request.body);
      return { ...empty(202), headers: { 'x-amz-executed-version': found.configuration.version } };
    }
    const result = await this.runner.run(found.configuration, found.arn, request.body);
    const tail: Record<string, string> =
      request.headers['x-amz-log-type'] === 'Tail' ? { 'x-amz-log-result': logTail(result) } : {};
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': result.requestId,
        'x-amz-executed-version': found.configuration.version,
        ...(result.failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
        ...tail,
      },
      body: result.payload,
    };
  }

  private runLater(
    found: { readonly configuration: FunctionConfiguration; readonly arn: string },
    payload: Buffer,
  ): void {
    const tries = async (): Promise<void> => {
      for (const wait of [...this.retryWaitsMs, undefined]) {
        const result = await this.runner.run(found.configuration, found.arn, payload);
        if (!result.failed || wait === undefined) return;
        await pause(wait, undefined, { ref: false });
      }
    };
    void tries();
  }

  private async create(request: AwsRequest, send: Send): Promise<AwsReply> {
    const body = jsonBody(request);
    const zip = await this.zipOf(record(body['Code']), request, send);
    if ('status' in zip) return zip;
    const name = text(body['FunctionName']);
    const reply = await send(zip.replaced ? withBody(request, { ...body, Code: zip.code }) : request);
    if (reply.status < 300) this.keep(name, body);
    return changed(reply, (created) => this.completed(created));
  }

  private async updateCode(name: string, request: AwsRequest, send: Send): Promise<AwsReply> {
    const body = jsonBody(request);
    const zip = await this.zipOf(body, request, send);
    if ('status' in zip) return zip;
    this.keep(name, body);
    const { S3Bucket: _bucket, S3Key: _key, S3ObjectVersion: _version, ...rest } = body;
    const reply = await send(zip.replaced ? withBody(request, { ...rest, ...zip.code }) : request);
    this.runner.retire(name);
    return changed(reply, (updated) => this.completed(updated));
  }

  /**
   * The code of a create or update request, kept for running it. moto ignores `S3ObjectVersion`, so an older version of
   * the object is handed to it as bytes.
   */
  private async zipOf(
    code: Record<string, unknown>,
    request: AwsRequest,
    send: Send,
  ): Promise<{ readonly replaced: boolean; readonly code: Record<string, unknown> } | AwsReply> {
    if (typeof code['ZipFile'] === 'string') {
      this.code.add(Buffer.from(code['ZipFile'], 'base64'));
      return { replaced: false, code };
    }
    const [bucket, key, version] = [text(code['S3Bucket']), text(code['S3Key']), text(code['S3ObjectVersion'])];
    if (bucket === '') return { replaced: false, code };
    const path = `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const get = async (method: string, query: string): Promise<AwsReply> =>
      await send(ownRequest({ service: 's3', region: request.region, method, url: path + query }));
    const object = await get('GET', version === '' ? '' : `?versionId=${encodeURIComponent(version)}`);
    if (object.status !== 200) {
      const reason = /<Code>(.*?)<\/Code>/.exec(object.body.toString())?.[1] ?? String(object.status);
      return failure(
        'InvalidParameterValueException',
        `Error occurred while GetObject. S3 Error Code: ${reason}. S3 Error Message: ${bucket}/${key}`,
      );
    }
    this.code.add(object.body);
    const replaced = version !== '' && (await get('HEAD', '')).headers['x-amz-version-id'] !== version;
    return { replaced, code: replaced ? { ZipFile: object.body.toString('base64') } : code };
  }

  private keep(name: string, body: Record<string, unknown>): void {
    const settings = Object.fromEntries(
      KEPT_SETTINGS.flatMap((setting) => (setting in body ? [[setting, body[setting]]] : [])),
    );
    this.kept.set(name, { ...this.kept.get(name), ...settings });
  }

  /** Adds what moto forgot to a function's configuration, wherever it stands in an answer. */
  private completed(body: Record<string, unknown>): Record<string, unknown> {
    if (isRecord(body['Configuration'])) return { ...body, Configuration: this.completed(body['Configuration']) };
    for (const list of ['Functions', 'Versions']) {
      if (Array.isArray(body[list]))
        return { ...body, [list]: body[list].map((each) => (isRecord(each) ? this.completed(each) : each)) };
    }
    const kept = Object.entries(this.kept.get(text(body['FunctionName'])) ?? {}).filter(
      ([setting, value]) => !(setting === 'DeadLetterConfig' && isRecord(value) && !value['TargetArn']),
    );
    return 'FunctionName' in body && 'CodeSha256' in body ? { ...body, ...Object.fromEntries(kept) } : body;
  }

  private forget(): void {
    this.resolved.clear();
    this.allowed.clear();
  }
}

/** The last 4 KB of the log, as `X-Amz-Log-Result` carries it. */
function logTail(result: RunResult): string {
  return Buffer.from(result.logs.join('\n')).subarray(-4096).toString('base64');
}

function statementsOf(reply: AwsReply): Record<string, unknown>[] {
  return records(record(parsed(text(jsonBody(reply)['Policy'])))['Statement']);
}

function allowsInvoke(statement: Record<string, unknown>, service: string): boolean {
  const principal = isRecord(statement['Principal']) ? statement['Principal']['Service'] : statement['Principal'];
  return statement['Effect'] === 'Allow' && statement['Action'] === 'lambda:InvokeFunction' && principal === service;
}
