import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookAt, type Check } from '../../../operations/doctor/check';
import { checksOf } from '../../../operations/doctor/checks';
import { type Report, reportOf } from '../../../operations/doctor/report';
import { DoctorContext, type DoctorContextProps } from '../../../operations/doctor/context';

/** Seconds for a call: no test waits so long, unless the machine is very busy. */
const PATIENT = 20;

/** Seconds for a call of a service that says nothing; what else is asked before must have answered by then. */
export const IMPATIENT = 1;

/** What `.env` of a complete deployment says. */
export const COMPLETE = {
  STATE_BUCKET: 'my-state',
  AWS_REGION: 'eu-north-1',
  REPOSITORY: 'https://github.com/you/kite',
  EMAIL: 'olena@example.com',
  TELEGRAM_BOT_TOKEN: '1001:dev-secret',
};

/** Credentials that an SDK finds, as in a shell, and none of this machine's own. */
export function shellWithCredentials(): void {
  const before = { ...process.env };
  beforeAll(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nonexistent/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    });
  });
  afterAll(() => {
    process.env = before;
  });
}

/** The person who runs the doctor: a folder with `.env`, and the programs on the PATH. */
export class Owner {
  readonly folder = mkdtempSync(join(tmpdir(), 'kite-doctor-'));
  readonly bin = join(this.folder, 'bin');

  constructor() {
    mkdirSync(this.bin);
  }

  /** Writes `.env`. */
  settings(values: Readonly<Record<string, string>>, mode = 0o600): this {
    const text = Object.entries(values).map(([name, value]) => `${name}="${value}"\n`);
    return this.envFile(text.join(''), mode);
  }

  /** Writes `.env` word for word. */
  envFile(text: string, mode = 0o600): this {
    writeFileSync(join(this.folder, '.env'), text);
    chmodSync(join(this.folder, '.env'), mode);
    return this;
  }

  /** A program that stands in for one of the machine. */
  program(name: string, script: string): this {
    writeFileSync(join(this.bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return this;
  }

  /** What a check prints: a line for each finding, with what to do behind an arrow. */
  async sees(check: Check | ((around: DoctorContext) => Check), props: DoctorContextProps = {}): Promise<string[]> {
    const around = this.surroundings(props);
    const findings = await lookAt([typeof check === 'function' ? check(around) : check], around);
    return findings.map(
      ({ verdict, words, remedy }) => `${verdict}: ${words}${remedy === undefined ? '' : ` -> ${remedy}`}`,
    );
  }

  /** What the doctor makes of everything. */
  async report(props: DoctorContextProps = {}): Promise<Report> {
    const around = this.surroundings(props);
    return reportOf(await lookAt(checksOf(around), around));
  }

  private surroundings(props: DoctorContextProps): DoctorContext {
    return new DoctorContext({
      folder: this.folder,
      seconds: PATIENT,
      cloudflareApi: 'http://127.0.0.1:1',
      terraformRegistry: 'http://127.0.0.1:1',
      ...props,
      environment: { PATH: this.bin, HOME: this.folder, ...props.environment },
    });
  }

  gone(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
