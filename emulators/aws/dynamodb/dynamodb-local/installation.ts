import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { errorText, Failure } from '../../../failure';

const LIBRARIES = 'DynamoDBLocal_lib';
const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';

/**
 * The folder of Amazon's DynamoDB Local, laid out as Amazon's archive of it: `DynamoDBLocal.jar` runs it. It is fetched
 * once by Maven, from Central or the mirror of your settings (51 MB), each file as `files.sha256` has it. Needs `mvn`.
 * @throws Failure if it cannot be fetched
 */
export function installDynamoDbLocal(): string {
  const pinned = readFileSync(join(__dirname, 'files.sha256'), 'utf8');
  const version = createHash('sha256').update(pinned).digest('hex').slice(0, 12);
  const folder = resolve(__dirname, '../../../../node_modules/.cache/kite', `dynamodb-local-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    const files = pinned.trim().split('\n');
    const names = copyFiles(
      files.map((line) => line.split(/ +/) as [string, string]),
      fetchFiles(join(work, 'repository')),
      join(work, LIBRARIES),
    );
    rmSync(join(work, 'repository'), { recursive: true });
    writeFileSync(join(work, 'DynamoDBLocal.jar'), programJar(names));
    // Another test may have been as quick.
    if (!existsSync(folder)) renameSync(work, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Fetches what `pom.xml` needs, and returns `to`. */
function fetchFiles(to: string): string {
  try {
    execFileSync('bash', [join(__dirname, 'fetch.sh'), to], { stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Failure(
      `DynamoDB Local cannot be fetched; install Maven, and see whether it reaches Central: ${errorText(error)}`,
    );
  }
  return to;
}

function copyFiles(files: readonly (readonly [sha256: string, path: string])[], from: string, to: string): string[] {
  mkdirSync(to);
  return files.map(([sha256, path]) => {
    const found = createHash('sha256')
      .update(readFileSync(join(from, path)))
      .digest('hex');
    if (found !== sha256)
      throw new Failure(`${path} in Maven Central has changed: its SHA-256 is ${found}, not ${sha256}.`);
    copyFileSync(join(from, path), join(to, basename(path)));
    return basename(path);
  });
}

/** A jar that holds nothing but what it starts, and where its classes are. Its lines are of at most 72 bytes. */
function programJar(libraries: readonly string[]): Uint8Array {
  const classes = libraries.filter((name) => name.endsWith('.jar')).map((name) => `${LIBRARIES}/${name}`);
  const lines = ['Manifest-Version: 1.0', `Main-Class: ${MAIN}`, `Class-Path: ${classes.join(' ')}`];
  const wrapped = lines.map((line) => line.match(/.{1,70}/g)?.join('\r\n ')).join('\r\n');
  return zipSync({ 'META-INF/MANIFEST.MF': strToU8(`${wrapped}\r\n\r\n`) });
}
