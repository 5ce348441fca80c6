import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { stopWhenAsked } from '../ending';
import { closeServer, listen } from '../loopback';
import { isToThisMachine, refuse } from '../web-access';
import { EmulatedAws } from './account';
import { EmbeddedCloud, type EmbeddedCloudOptions } from './embedded-cloud';

const HELP = `AWS on this machine.

  npx tsx emulators/aws/main.ts --port 4566 --resources emulators/aws/example.json --data .aws-data
      DynamoDB, SQS FIFO queues, S3 and SSM in one process, with the resources of the file

  npx tsx emulators/aws/main.ts --account --port 4566
      an empty account (moto) that Terraform can deploy into and that runs its functions; needs moto_server

  --port <n>           port on 127.0.0.1 (any free one)
  --resources <file>   JSON: tables, queues, buckets, parameters
  --data <folder>      where the data is kept (.aws-data)
  --region <region>    (eu-north-1)
`;

type Resources = Pick<EmbeddedCloudOptions, 'tables' | 'queues' | 'buckets' | 'parameters'>;

interface Running {
  readonly variables: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: { port: text, resources: text, data: text, region: text, account: flag, help: flag },
  });
  if (values.help) return void process.stdout.write(HELP);
  const { port = '0', region = 'eu-north-1', data = '.aws-data', resources } = values;
  let stop = async (): Promise<void> => undefined;
  stopWhenAsked(() => stop());
  const running = values.account
    ? await startAccount(Number(port), region)
    : await startCloud(Number(port), region, data, resources);
  stop = running.stop;
  for (const [name, value] of Object.entries(running.variables)) process.stdout.write(`export ${name}=${value}\n`);
}

async function startAccount(port: number, region: string): Promise<Running> {
  const log = ({ line }: { line: string }): void => void process.stderr.write(`${line}\n`);
  const aws = await EmulatedAws.start({ environment: process.env, port, region, log });
  return { variables: aws.variables(), stop: () => aws.stop() };
}

async function startCloud(port: number, region: string, folder: string, file: string | undefined): Promise<Running> {
  const none: Resources = { tables: [], queues: [], buckets: [], parameters: {} };
  const resources = file === undefined ? {} : (JSON.parse(readFileSync(file, 'utf8')) as Partial<Resources>);
  const cloud: { current?: EmbeddedCloud } = {};
  const server = createServer((request, response) => {
    if (!isToThisMachine(request)) return refuse(request, response, 421, 'There is no AWS at this address.');
    if (cloud.current?.handleRequest(request, response)) return;
    request.resume();
    response.writeHead(404).end();
  });
  const origin = `http://127.0.0.1:${await listen(server, port)}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: randomBytes(20).toString('hex') };
  const started = await EmbeddedCloud.start({ ...none, ...resources, folder, origin, region, credentials });
  cloud.current = started;
  const stop = async (): Promise<void> => {
    await closeServer(server);
    await started.close();
  };
  return { variables: started.sdkVariables, stop };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
