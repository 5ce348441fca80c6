import { parse } from 'dotenv';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  readEnvironment,
  SECRET_NAMES,
  SettingsError,
  settingsFrom,
  type Environment,
  type SecretName,
  type SettingName,
  type Settings,
} from '../../settings';

/** `.env`, the environment, and what a deployment makes of them. */
export interface SettingsReading {
  readonly path: string;
  /** Undefined: there is no such file. `mode` is that of the file, for example 0o600. */
  readonly file: { readonly mode: number; readonly values: Environment } | undefined;
  /** The environment, and under it what the file says. */
  readonly environment: Environment;
  /** Without what is malformed. */
  readonly settings: Settings;
  /** Whether somebody has said where to deploy to. Otherwise the settings hold a region of their own accord. */
  readonly hasRegion: boolean;
  /** A sentence for each setting that is malformed: with any of them nothing can be deployed. */
  readonly problems: readonly string[];
  /**
   * A secret as Terraform finds it: in the file (`--var-file=.env`), and where that does not name it, in `TF_VAR_<name>`.
   * Terraform does not look at a plain variable of the shell.
   */
  readonly secret: (name: SecretName) => string | undefined;
  /** All secrets there are, for keeping them out of what is shown. */
  readonly secretValues: readonly string[];
}

/** Why a setting has no value that could be used. */
export function lackOf({ environment }: SettingsReading, name: SettingName): string {
  return environment[name] ? `${name} is malformed: see Settings.` : `${name} is missing.`;
}

/** Reads `.env` in a folder. `environment` is what `readEnvironment` gives, unless told otherwise. */
export function readingOf(folder: string, environment?: Environment): SettingsReading {
  const path = join(folder, '.env');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const values: Environment = text === undefined ? {} : parse(text);
  const merged = environment === undefined ? readEnvironment(path) : { ...values, ...environment };
  const secret = (name: SecretName): string | undefined => values[name] ?? merged[`TF_VAR_${name}`];
  return {
    path,
    file: text === undefined ? undefined : { mode: statSync(path).mode & 0o777, values },
    environment: merged,
    ...settingsOf(merged, text),
    secret: (name) => secret(name) || undefined,
    secretValues: SECRET_NAMES.flatMap((name) => [secret(name) || [], merged[name] || []].flat()),
  };
}

function settingsOf(
  environment: Environment,
  text?: string,
): Pick<SettingsReading, 'settings' | 'hasRegion' | 'problems'> {
  try {
    return { settings: settingsFrom(environment, text), ...regionIn(environment), problems: [] };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const taken = wellFormed(environment);
    return { settings: settingsFrom(taken), ...regionIn(taken), problems: error.problems };
  }
}

function regionIn({ AWS_REGION, AWS_DEFAULT_REGION }: Environment): { hasRegion: boolean } {
  return { hasRegion: Boolean(AWS_REGION || AWS_DEFAULT_REGION) };
}

/** What the settings' reader takes when it is given alone; of a domain in Cloudflare it would ask for the token. */
function wellFormed(environment: Environment): Environment {
  const taken = Object.entries(environment).filter(([name, value]) => isTaken({ DNS: 'route53', [name]: value }));
  const settings = Object.fromEntries(taken);
  if (isTaken(settings)) return settings;
  const { DOMAIN: _domain, ...others } = settings;
  return others;
}

function isTaken(environment: Environment): boolean {
  try {
    settingsFrom(environment);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}
