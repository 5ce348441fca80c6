import { readEnvironment, readLocalSettings } from '../../settings';
import { HELP, readOptions, type SandboxCommand } from './options';
import { Sandbox, SANDBOX_BOTS } from './sandbox';
import { buildZips, succeeded, uploadZips, zipsOf } from './steps';
import { Ending, failProgram } from '../ending';
import { Terminal } from '../terminal';
import { DEMO_CHANNEL, ensureDemoGroup, hostDemoChannel } from '../demo-group';

/** `npm run sandbox`: the chat, deployed into an emulated AWS and served from it, until Ctrl-C. */
async function main(): Promise<void> {
  const command = readOptions(process.argv.slice(2), readLocalSettings().port);
  if (command.help) {
    process.stdout.write(HELP);
    return;
  }
  const terminal = new Terminal();
  const sandbox = await start(command, terminal);
  const ending = Ending.atSignal(
    () => sandbox.stop(),
    () => terminal.note('Ended. Nothing is kept.'),
  );
  try {
    await deploy(sandbox, command, terminal);
    await introduce(sandbox, terminal);
  } catch (error) {
    if (ending.begun) return;
    await sandbox.stop();
    throw error;
  }
}

async function start(command: SandboxCommand, terminal: Terminal): Promise<Sandbox> {
  const sandbox = await Sandbox.start({
    environment: readEnvironment(),
    port: command.port,
    awsPort: command.awsPort,
    settings: {
      RUNTIME: command.kind === 'common' ? 'nodejs22.x' : 'provided.al2023',
      ...(command.domain === undefined ? {} : { DOMAIN: command.domain, DNS: 'route53' }),
    },
    log: ({ line }) => terminal.functionLine(line),
    observe: (activity) => terminal.activity(activity),
    ...(command.verbose ? { print: (line) => terminal.note(line) } : {}),
  });
  terminal.note(`Emulated AWS answers at ${sandbox.aws.url}.`);
  return sandbox;
}

async function deploy(sandbox: Sandbox, command: SandboxCommand, terminal: Terminal): Promise<void> {
  const zips = zipsOf(command.kind);
  terminal.note(`Building the functions (${zips.kind}, ${zips.architecture}).`);
  await buildZips(zips);
  await succeeded('npm run bootstrap', sandbox.bootstrap());
  if (command.domain !== undefined) await sandbox.makeZone(command.domain);
  terminal.note('cdktf deploy kite-build: about a minute, most of it waits that the AWS provider has built in.');
  await succeeded('cdktf deploy kite-build', sandbox.deploy('kite-build'));
  await uploadZips(sandbox, zips);
  terminal.note('cdktf deploy kite-stack --var-file=.env: about a minute.');
  await succeeded('cdktf deploy kite-stack', sandbox.deploy('kite-stack'));
  await sandbox.serve();
}

async function introduce(sandbox: Sandbox, terminal: Terminal): Promise<void> {
  const [web, socket] = [`http://localhost:${sandbox.port}`, `ws://localhost:${sandbox.port}`];
  hostDemoChannel(sandbox.telegram, ensureDemoGroup(sandbox.telegram, SANDBOX_BOTS.dev.username), DEMO_CHANNEL);
  await sandbox.telegram.settled();
  terminal.introduce(
    'Kite, deployed into an emulated AWS',
    [
      ['Website', web],
      ['Telegram', `${web}/telegram`],
      ['WebSocket', `${socket}/dev  ${socket}/prod`],
      ['Webhook', `${web}/dev/tg  ${web}/prod/tg`],
      ['AWS', `AWS_ENDPOINT_URL=${sandbox.aws.url} AWS_REGION=${sandbox.aws.region} and any keys`],
      ['Stacks', sandbox.folder],
    ],
    'Ctrl-C ends it.',
  );
}

main().catch(failProgram);
