import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Docker } from './docker';

const HOME = '/home/dynamodblocal';

/** What of a Java no program needs to run. */
const LEFT_OUT = new Set(['docs', 'jmods', 'legal', 'man', 'include', 'src.zip']);

/**
 * An image laid out as Amazon's (`java` is the entrypoint, DynamoDB Local lies in the working folder, the user is
 * `dynamodblocal`), from this machine's Java: no registry is needed.
 * @param folder with DynamoDBLocal.jar
 */
export function importImage(docker: Docker, folder: string, tag: string): void {
  const work = mkdtempSync(join(tmpdir(), 'kite-image-'));
  try {
    const root = join(work, 'root');
    const java = dirname(dirname(realpathSync(execFileSync('which', ['java'], { encoding: 'utf8' }).trim())));
    copy(java, root);
    cpSync(folder, join(root, HOME), { recursive: true });
    for (const library of libraries([java, folder])) copy(library, root);
    for (const name of ['tmp', 'etc']) mkdirSync(join(root, name), { recursive: true, mode: 0o1777 });
    const users = ['root:x:0:0::/root:/bin/sh', `dynamodblocal:x:1000:1000::${HOME}:/bin/sh`];
    writeFileSync(join(root, 'etc', 'passwd'), `${users.join('\n')}\n`);
    const archive = join(work, 'image.tar');
    execFileSync('tar', ['-cf', archive, '--owner=0', '--group=0', '-C', root, '.']);
    rmSync(root, { recursive: true });
    const settings = [
      `ENV PATH=${join(java, 'bin')} DDB_LOCAL_TELEMETRY=0`,
      'ENTRYPOINT ["java"]',
      `WORKDIR ${HOME}`,
      'USER dynamodblocal',
      'CMD ["-jar", "DynamoDBLocal.jar", "-inMemory"]',
      'EXPOSE 8000',
    ];
    docker.run('import', ...settings.flatMap((setting) => ['--change', setting]), archive, tag);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Copies to the same place under another root, with the files that links point to; links to nothing are left out. */
function copy(path: string, root: string): void {
  cpSync(path, join(root, path), {
    recursive: true,
    dereference: true,
    filter: (source) => existsSync(source) && !LEFT_OUT.has(source.slice(path.length + 1)),
  });
}

/** The system's shared libraries that the programs and libraries in these folders are linked to. */
function libraries(folders: readonly string[]): string[] {
  const linked = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name === join('bin', 'java') || /\.so$/.test(name))
        .map((name) => join(folder, name)),
    )
    .filter(existsSync)
    .flatMap((file) => ldd(file).split('\n'))
    .flatMap((line) => /(?:=>\s*|^\s*)(\/\S+)/.exec(line)?.[1] ?? [])
    .filter((path) => !folders.some((folder) => path.startsWith(folder)));
  return [...new Set(linked)].filter(existsSync);
}

/** Libraries of other processors are linked to nothing here. */
function ldd(file: string): string {
  try {
    return execFileSync('ldd', [file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}
