import { AnnotationMetadataEntryType, Testing } from 'cdktf';

import { Duration } from '../../constructs/core/duration';
import { settingsFrom } from '../../settings';
import { MainStack, type MainStackProps } from '../../stacks/main';
import { Synthesized } from '../constructs/synthesized';

const DEFAULTS = settingsFrom({});

/** The settings' defaults, with a stage prod. */
export const PROPS = {
  prodStage: true,
  build: {
    gitRepositoryUrl: 'https://github.com/you/kite',
    email: 'ops@example.com',
    monthlyBudgetUsd: DEFAULTS.MONTHLY_BUDGET_USD,
    timeZone: DEFAULTS.TIME_ZONE,
  },
  kite: {
    dns: DEFAULTS.DNS,
    architecture: DEFAULTS.ARCHITECTURE,
    runtime: DEFAULTS.RUNTIME,
    retention: Duration.days(DEFAULTS.RETENTION_DAYS),
  },
  s3Backend: { bucket: 'my-state-bucket', key: 'kite/terraform', region: 'eu-north-1' },
} satisfies MainStackProps;

/** What differs from these. */
export interface Changes extends Pick<MainStackProps, 'owner' | 'prodStage'> {
  readonly build?: Partial<MainStackProps['build']>;
  readonly kite?: Partial<MainStackProps['kite']>;
}

/** Both stacks, each synthesized when it is first looked at. */
export class MainStacks {
  readonly main: MainStack;
  private readonly synthesized = new Map<'build' | 'kite', Synthesized>();

  constructor(changes: Changes = {}, app = Testing.app()) {
    const build = { ...PROPS.build, ...changes.build };
    const kite = { ...PROPS.kite, ...changes.kite };
    this.main = new MainStack(app, 'kite', { ...PROPS, ...changes, build, kite });
  }

  get build(): Synthesized {
    return this.of('build');
  }

  get kite(): Synthesized {
    return this.of('kite');
  }

  get warnings(): string[] {
    return this.main.node
      .findAll()
      .flatMap((node) => node.node.metadata)
      .filter(({ type }) => type === AnnotationMetadataEntryType.WARN)
      .map(({ data }) => String(data));
  }

  private of(name: 'build' | 'kite'): Synthesized {
    const stack = this.synthesized.get(name) ?? Synthesized.of(this.main[name]);
    this.synthesized.set(name, stack);
    return stack;
  }
}

const made = new Map<string, MainStacks>();

/** The stacks with these changes, made once in a test file. */
export function stacks(changes: Changes = {}): MainStacks {
  const key = JSON.stringify(changes, (_name, value: unknown) => value ?? 'undefined');
  const known = made.get(key) ?? new MainStacks(changes);
  made.set(key, known);
  return known;
}
