import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { buildLambdas } from '../../lambdas/build/main';
import type { BuildArchitecture, BuildKind } from '../../lambdas/build/deployable';
import { Failure } from '../../emulators/failure';
import type { CommandResult } from './command-runner';
import type { Sandbox } from './sandbox';

const DIST = resolve(__dirname, '..', '..', 'dist');

/** The zips of one build. */
export interface Zips {
  readonly kind: BuildKind;
  readonly architecture: BuildArchitecture;
}

/** The build that this machine can run. */
export function zipsOf(kind: BuildKind): Zips {
  if (kind === 'common') return { kind, architecture: 'any' };
  return { kind, architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64' };
}

/** Makes the zips, where they are not there or older than their source. */
export async function buildZips(zips: Zips): Promise<void> {
  await buildLambdas({ targets: [zips], out: DIST });
}

/** Uploads the zips to the bucket and keys in `kite-build`'s outputs, as an owner does who builds them elsewhere. */
export async function uploadZips(sandbox: Sandbox, zips: Zips): Promise<void> {
  const outputs = await sandbox.outputs('kite-build');
  const folder = join(DIST, 'lambdas', zips.kind, zips.architecture);
  for (const [file, key] of [
    ['function.zip', outputs['function-s3-key']],
    ['lifecycle.zip', outputs['lifecycle-s3-key']],
  ] as const) {
    const bucket = outputs['s3-source-bucket'];
    if (bucket === undefined || key === undefined)
      throw new Failure('The outputs of kite-build do not name the bucket and keys of the functions.');
    await sandbox.upload(bucket, key, readFileSync(join(folder, file)));
  }
}

/** A command that must succeed. @throws Failure with the end of what it printed, if it did not */
export async function succeeded(what: string, command: Promise<CommandResult>): Promise<CommandResult> {
  const result = await command;
  if (result.status === 0) return result;
  const errors = /(?:^|\n)\s*(?:\S+\s+)?Error: [\s\S]*$/.exec(result.output)?.[0] ?? result.output.slice(-2000);
  throw new Failure(`${what} failed:\n${errors.trim().slice(0, 4000)}`);
}
