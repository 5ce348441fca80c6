import { AnnotationMetadataEntryType, Testing } from 'cdktf';

import { MainStack, type MainStackProps } from '../../stacks/main';
import { Synthesized } from '../constructs/synthesized';

/** What the tests of both stacks give unless they say otherwise. */
export const PROPS = {
  prodStage: true,
  build: { gitRepositoryUrl: 'https://github.com/you/kite', email: 'ops@example.com' },
  s3Backend: { bucket: 'my-state-bucket', key: 'kite/terraform', region: 'eu-north-1' },
} satisfies MainStackProps;

/** Both stacks, each synthesized when it is first looked at. */
export class MainStacks {
  readonly main: MainStack;
  private readonly synthesized = new Map<'build' | 'kite', Synthesized>();

  constructor(props: Partial<MainStackProps> = {}) {
    this.main = new MainStack(Testing.app(), 'kite', { ...PROPS, ...props });
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

/** The stacks with these props, made once in a test file. */
export function stacks(props: Partial<MainStackProps> = {}): MainStacks {
  const key = JSON.stringify(props, (_name, value: unknown) => value ?? 'undefined');
  const known = made.get(key) ?? new MainStacks(props);
  made.set(key, known);
  return known;
}
