import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { errorText, Failure } from '../../../failure';

const CENTRAL = 'https://repo1.maven.org/maven2';
const LIBRARIES = 'DynamoDBLocal_lib';
const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';

/**
 * The folder of Amazon's DynamoDB Local, laid out as Amazon's archive of it: `DynamoDBLocal.jar` runs it. It is fetched
 * once from Maven Central (51 MB), each file as `files.sha256` has it.
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
    const files = pinned
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/) as [string, string]);
    fetchFiles(files, join(work, LIBRARIES));
    writeFileSync(join(work, 'DynamoDBLocal.jar'), programJar(readdirSync(join(work, LIBRARIES))));
    // Another test may have been as quick.
    if (!existsSync(folder)) renameSync(work, folder);
    return folder;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function fetchFiles(files: readonly (readonly [sha256: string, path: string])[], to: string): void {
  const place = (path: string) => join(to, basename(path));
  const config = files.map(([, path]) => `url=${CENTRAL}/${path}\noutput="${place(path)}"\n`).join('');
  const options = ['--parallel', '--create-dirs', '--fail', '--location', '--silent', '--show-error', '--retry', '3'];
  try {
    execFileSync('curl', [...options, '--config', '-'], { input: config, stdio: ['pipe', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Failure(`DynamoDB Local cannot be fetched from ${CENTRAL}: ${errorText(error)}`);
  }
  for (const [sha256, path] of files) {
    const found = createHash('sha256')
      .update(readFileSync(place(path)))
      .digest('hex');
    if (found !== sha256) throw new Failure(`${CENTRAL}/${path} has changed: its SHA-256 is ${found}, not ${sha256}.`);
  }
}

/** A jar that holds nothing but what it starts, and where its classes are. Its lines are of at most 72 bytes. */
function programJar(libraries: readonly string[]): Uint8Array {
  const classes = libraries.filter((name) => name.endsWith('.jar')).map((name) => `${LIBRARIES}/${name}`);
  const lines = ['Manifest-Version: 1.0', `Main-Class: ${MAIN}`, `Class-Path: ${classes.join(' ')}`];
  const wrapped = lines.map((line) => line.match(/.{1,70}/g)?.join('\r\n ')).join('\r\n');
  return zipSync({ 'META-INF/MANIFEST.MF': strToU8(`${wrapped}\r\n\r\n`) });
}
