import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 30_000;
const BRIDGE = 'docker0';

/** A Docker of the test's own, with its images, containers and volumes in a temporary folder. */
export class Docker {
  private constructor(
    private readonly folder: string,
    private readonly daemon: ChildProcess,
    private readonly ownsBridge: boolean,
  ) {}

  /** Starts it, or tells why it cannot run here, if possible in the daemon's own words. */
  static async start(): Promise<Docker | { readonly reason: string }> {
    if (!succeeds('dockerd', '--version')) return { reason: 'there is no dockerd on the PATH (apt install docker.io)' };
    if (process.getuid?.() !== 0) return { reason: 'dockerd has to be started by root' };
    // Both would give containers the same addresses.
    if (existsSync('/var/run/docker.sock') && succeeds(CLIENT, 'info')) {
      return { reason: 'another Docker runs on this machine, and two share no bridge' };
    }
    const ownsBridge = !existsSync(`/sys/class/net/${BRIDGE}`);
    const folder = mkdtempSync(join(tmpdir(), 'kite-docker-'));
    const log = openSync(join(folder, 'log'), 'w');
    const daemon = spawn(
      'dockerd',
      [
        `--data-root=${join(folder, 'data')}`,
        `--exec-root=${join(folder, 'exec')}`,
        `--pidfile=${join(folder, 'pid')}`,
        `--host=unix://${join(folder, 'socket')}`,
        // Ports are published by Docker's own proxy: the machine's firewall stays as it is.
        '--iptables=false',
        '--ip6tables=false',
        '--ip-masq=false',
        '--ip-forward=false',
      ],
      { stdio: ['ignore', log, log], env: { PATH: SEARCHED } },
    );
    closeSync(log);
    const docker = new Docker(folder, daemon, ownsBridge);
    const deadline = Date.now() + PATIENCE_MS;
    while (!succeeds(CLIENT, ...docker.host, 'version')) {
      if (daemon.exitCode !== null || Date.now() > deadline) {
        const said = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n').slice(-3).join('\n');
        await docker.stop();
        return { reason: `dockerd does not start; it says: ${said}` };
      }
      await pause(100);
    }
    return docker;
  }

  /** `docker <parameters>`; what it prints. Throws what it says if it fails. */
  run(...parameters: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(CLIENT, [...this.host, ...parameters], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`docker ${parameters.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  /** Ends the containers and the daemon, and deletes everything of theirs. */
  async stop(): Promise<void> {
    if (this.daemon.exitCode === null) {
      const containers = spawnSync(CLIENT, [...this.host, 'ps', '-aq'], { encoding: 'utf8' }).stdout.split(/\s+/);
      succeeds(CLIENT, ...this.host, 'rm', '--force', ...containers.filter((id) => id !== ''));
      const ended = once(this.daemon, 'exit');
      this.daemon.kill('SIGTERM');
      await Promise.race([ended, pause(PATIENCE_MS, undefined, { ref: false })]);
      if (this.daemon.exitCode === null) this.daemon.kill('SIGKILL');
    }
    if (this.ownsBridge) succeeds('ip', 'link', 'delete', BRIDGE);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get host(): readonly string[] {
    return ['--host', `unix://${join(this.folder, 'socket')}`];
  }
}

/** The client that came with Debian's daemon, before any other. */
const CLIENT = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker';
const SEARCHED = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

function succeeds(program: string, ...parameters: readonly string[]): boolean {
  try {
    execFileSync(program, parameters, { stdio: 'ignore', env: { PATH: SEARCHED }, timeout: PATIENCE_MS });
    return true;
  } catch {
    return false;
  }
}
