import { IConstruct } from 'constructs';
import type { RuleName } from './rules';

/** A rule that something need not keep to, and why. */
export interface Exemption {
  readonly rule: RuleName;
  /** For later readers of the code. */
  readonly reason: string;
  /** The construct that it is for, with all that is in it. */
  readonly scope: IConstruct;
}

const METADATA = 'kite:exempted-from';

/**
 * Lets a construct, and all that is in it, break a rule.
 *
 * An exemption that nothing needs fails synth as a violation does. Throws on a reason that is none.
 */
export function allow(scope: IConstruct, rule: RuleName, reason: string): void {
  if (!/\S+\s+\S+/.test(reason)) {
    throw new Error(`${scope.node.path}: say why it may break ${rule}, in words that other people understand.`);
  }
  scope.node.addMetadata(METADATA, { rule, reason });
}

/** All exemptions of a construct and of what is in it. */
export function exemptions(root: IConstruct): readonly Exemption[] {
  return root.node
    .findAll()
    .flatMap((scope) =>
      scope.node.metadata
        .filter(({ type }) => type === METADATA)
        .map(({ data }) => ({ ...(data as Omit<Exemption, 'scope'>), scope })),
    );
}
