import { join as path } from 'node:path';

import type { CommandResult } from '../../local/sandbox/command-runner';
import { inventory } from './inventory';
import type { Sandbox } from '../../local/sandbox/sandbox';
import { succeeded } from '../../local/sandbox/steps';
import { readme } from '../readme/readme';
import { chatBothWays, hostChannel, join, webSocketOf } from './chat';
import { refusedCalls } from './role-policies';
import { rotateToken, type TokenRotation } from './token-rotation';
import { environments, filesBelow } from './traces';

export const GITHUB_TOKEN = 'ghp_sandbox-secret-of-a-repository';
export const DOMAIN = 'kite.example';

/** What somebody writes into `.env` who has one stage, under a domain in Route 53, and wants everything that can be had. */
export const NODE_JS_SETTINGS = {
  RUNTIME: 'nodejs22.x',
  BUILD_LAMBDA_VIA_ASSET: 'true',
  PROD_STAGE: 'false',
  DOMAIN,
  DNS: 'route53',
  LOG_ARCHIVE: 'true',
  TRACING: 'true',
  OWNER: 'support team',
  CODE_CREDENTIAL: 'token',
  GITHUB_TOKEN,
};

/** What was seen of a deployment from the first command to the last. */
export interface NodeJsDeployment {
  /** By the commands. */
  readonly printed: string;
  readonly secondPlans: readonly string[];
  readonly resources: readonly string[];
  /** Files of `cdktf.out`, and environments of functions and builds. */
  readonly environments: Readonly<Record<string, string>>;
  readonly transcript: readonly string[];
  readonly rotation: TokenRotation;
  readonly webhook: string;
  /** The roles in whose name functions called AWS. */
  readonly callers: ReadonlySet<string | undefined>;
  /** Calls that their roles do not allow. */
  readonly refusedCalls: readonly string[];
  /** What is in the account at the end. */
  readonly left: readonly string[];
}

/** Deploys both stacks, chats, changes the bot's token meanwhile, and destroys both. */
export async function deployNodeJs(sandbox: Sandbox): Promise<NodeJsDeployment> {
  const printed: string[] = [];
  const keep = async (command: Promise<CommandResult>): Promise<CommandResult> => {
    const result = await command;
    printed.push(result.output);
    return result;
  };
  const done = async (what: string, command: Promise<CommandResult>): Promise<string> =>
    (await succeeded(what, keep(command))).output;
  await sandbox.makeZone(DOMAIN);
  await done('both stacks', sandbox.type(readme('npm run deploy-prod')));
  await sandbox.serve();
  const support = await hostChannel(sandbox, 'dev', 'by-node-js');
  const visitor = await join(webSocketOf(sandbox, 'dev'), 'by-node-js', 'v1s1t0r0001', 'Ada');
  const transcript = [visitor.protocol, await visitor.ask('Hi'), await visitor.ask('["PING"]')];
  const question = 'Node.js?';
  await chatBothWays(visitor, support, { question, answer: 'Indeed.' });
  const rotation = await rotateToken(sandbox, support, visitor, question, keep);
  await visitor.close();
  const secondPlans = [
    await done('plan of kite-build', sandbox.diff('kite-build')),
    await done('plan of kite-stack', sandbox.diff('kite-stack')),
  ];
  const [resources, variables] = [await inventory(sandbox.aws), await environments(sandbox)];
  const webhook = String(sandbox.telegram.calls('setWebhook').at(-1)?.parameters['url']);
  const files = filesBelow(path(sandbox.folder, 'cdktf.out'));
  const made = sandbox.aws.calls.distinct().filter(({ caller }) => caller.includes(':role/'));
  const callsNotAllowed = await refusedCalls(sandbox.aws, made);
  await done('destroy of kite-stack', sandbox.destroy('kite-stack'));
  await done('destroy of kite-build', sandbox.destroy('kite-build'));
  return {
    printed: printed.join('\n'),
    secondPlans,
    resources,
    environments: { ...files, ...variables },
    transcript,
    rotation,
    webhook,
    callers: new Set(made.map(({ caller }) => caller.split('/').at(-1))),
    refusedCalls: callsNotAllowed,
    left: await inventory(sandbox.aws),
  };
}
