import { IAspect, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { Exemption, exemptions } from './exemption';
import { Rule } from './rule';
import { RULES } from './rules';
import { SynthesizedResource, SynthesizedStack } from './synthesized-stack';

/** A resource that breaks a rule. */
export interface Violation {
  readonly rule: Rule;
  readonly resource: SynthesizedResource;
  /** What is wrong. */
  readonly problem: string;
}

/**
 * Fails `cdktf synth` on a stack that breaks a rule of `policy/rules`, with a sentence for each violation.
 *
 * Whatever may break one says so beside its code: see {@link allow}.
 */
export class SafetyPolicy implements IAspect {
  private readonly seen = new WeakSet<IConstruct>();

  /** @param rules for tests. Kite's own otherwise */
  constructor(private readonly rules: readonly Rule[] = RULES) {}

  visit(node: IConstruct): void {
    if (!TerraformStack.isStack(node) || this.seen.has(node)) return;
    this.seen.add(node);
    // Aspects may still change what comes after this one; validations come after them all.
    node.node.addValidation({ validate: () => complaints(node, this.rules) });
  }
}

/** The sentences in an error of `app.synth()`, without what cdktf puts around them; undefined for any other error. */
export function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return /^Validation failed with the following errors:\n\s*([\s\S]*?)(\n\nIf you wish to ignore|$)/.exec(
    error.message,
  )?.[1];
}

/** A sentence for each violation and for each exemption that nothing needs. */
export function complaints(stack: TerraformStack, rules: readonly Rule[] = RULES): string[] {
  const allowed = exemptions(stack);
  const used = new Set<Exemption>();
  const broken = violations(stack, rules).filter(({ rule, resource }) => {
    const exemption = allowed.find(
      (candidate) => candidate.rule === rule.name && resource.construct.node.scopes.includes(candidate.scope),
    );
    if (exemption) used.add(exemption);
    return exemption === undefined;
  });
  const unused = allowed.filter((exemption) => !used.has(exemption));
  return [
    ...broken.map(sentence),
    ...unused.map(
      ({ rule, scope }) =>
        `${scope.node.path} is exempted from ${rule}, and nothing in it breaks it. Do: remove the exemption.`,
    ),
  ];
}

/** Everything that breaks a rule, exempted or not. */
export function violations(stack: TerraformStack, rules: readonly Rule[] = RULES): Violation[] {
  const synthesized = new SynthesizedStack(stack);
  return synthesized.resources.flatMap((resource) =>
    rules
      .filter(({ of }) => of.includes('*') || of.includes(resource.type))
      .flatMap((rule) => {
        const problem = rule.problem(resource, synthesized);
        return problem === undefined ? [] : [{ rule, resource, problem }];
      }),
  );
}

function sentence({ rule, resource, problem }: Violation): string {
  return `${resource.path} (${resource.type}) breaks ${rule.name}: ${problem}. Why: ${rule.reason} (${rule.source}). Do: ${rule.remedy}`;
}
