import { violations } from '../../policy/safety-policy';
import { RULES } from '../../policy/rules';
import { FIXTURES } from './fixtures';
import { emptyStack, resource } from './policed';

describe.each(RULES.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  const { keeps, breaks } = FIXTURES[name];
  const problems = (build: (stack: ReturnType<typeof emptyStack>) => unknown): string[] => {
    const stack = emptyStack();
    build(stack);
    return violations(stack, [rule]).map(({ problem }) => problem);
  };

  it('accepts what follows it', () => {
    expect(problems(keeps)).toEqual([]);
  });

  it.each(Object.entries(breaks))('reports a violation: %s', (problem, build) => {
    expect(problems(build)).toContain(problem);
  });

  it('gives a reason, a source and a remedy in sentences', () => {
    expect(rule.reason).toMatch(/^[A-Z].{20,}[^.]$/);
    expect(rule.source).toMatch(/FSBP \w+\.\d+|^https:\/\//);
    expect(rule.remedy).toMatch(/^[a-z].{10,}\.$/);
  });
});

it('no two rules have the same name', () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
});

it('a stack whose provider has no tags is seen', () => {
  const stack = emptyStack({ Project: 'kite' });
  resource(stack, 'aws_sqs_queue', 'queue', { name: 'q' });
  expect(violations(stack).map(({ problem }) => problem)).toContain('its provider does not tag it: Stack');
});
