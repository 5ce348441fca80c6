import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Sandbox } from '../../local/sandbox/sandbox';

/** What a plan would change: `No changes.`, or the plan itself. */
export function changesIn(output: string): string {
  return output.includes('No changes.')
    ? 'No changes.'
    : output.slice(output.search(/Terraform will perform|Terraform used/));
}

/** Which secrets are in which of the texts; of a bot's token, what stands behind its colon. */
export function secretsIn(secrets: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  const parts = secrets.map((secret) => secret.split(':').at(-1)!);
  return Object.entries(texts).flatMap(([name, text]) =>
    parts.flatMap((part, index) => (text.includes(part) ? [`secret ${index} in ${name}`] : [])),
  );
}

/** Files of a folder, as text, but for Terraform's providers. */
export function filesBelow(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.includes('.terraform/providers') || !statSync(join(folder, name)).isFile()) continue;
    files[name] = readFileSync(join(folder, name), 'latin1');
  }
  return files;
}

/** The environments of all functions and build projects, as the account tells them. */
export async function environments(sandbox: Sandbox): Promise<Record<string, string>> {
  const functions = await sandbox.aws.call({ service: 'lambda', method: 'GET', url: '/2015-03-31/functions/' });
  const { projects: names } = await sandbox.aws.call({
    service: 'codebuild',
    target: 'CodeBuild_20161006.ListProjects',
    body: {},
  });
  const projects = await sandbox.aws.call({
    service: 'codebuild',
    target: 'CodeBuild_20161006.BatchGetProjects',
    body: { names },
  });
  const texts = { 'the functions': JSON.stringify(functions), 'the build projects': JSON.stringify(projects) };
  expect(texts['the functions']).toContain('BOT_TOKEN_PARAMETER');
  return texts;
}
