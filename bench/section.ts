import type { Figure } from './figure';

/** Figures that are measured together. */
export interface Section {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  /** Takes minutes, or programs that may be missing: only with `--all`, or by name. @default false */
  readonly slow?: boolean;
  /** @throws Failure if this machine cannot do it */
  readonly measure: (options: SectionOptions) => Promise<readonly Figure[]>;
}

export interface SectionOptions {
  /** Measure at full size. */
  readonly all: boolean;
  /** Tells what is being done. */
  readonly progress: (what: string) => void;
}
