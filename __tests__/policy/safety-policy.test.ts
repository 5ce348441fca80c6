import { App, Aspects, TerraformStack, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { allow } from '../../policy/exemption';
import { Rule } from '../../policy/rule';
import { complaints, refusalIn, SafetyPolicy } from '../../policy/safety-policy';
import { emptyStack, resource } from './policed';

const NAMED: Rule = {
  name: 'queue-encrypted',
  reason: 'The messages in a queue are what people wrote',
  source: 'FSBP SQS.1',
  remedy: 'give it a name.',
  of: ['aws_sqs_queue'],
  problem: ({ attributes }) => (attributes['name'] === undefined ? 'it has no name' : undefined),
};

const SENTENCE =
  'kite-stack/dev/queue (aws_sqs_queue) breaks queue-encrypted: it has no name. ' +
  'Why: The messages in a queue are what people wrote (FSBP SQS.1). Do: give it a name.';

function stackWithQueue(change: (stage: Construct, stack: TerraformStack) => void = () => undefined): TerraformStack {
  const stack = emptyStack();
  const stage = new Construct(stack, 'dev');
  resource(stage, 'aws_sqs_queue', 'queue', { fifo_queue: true });
  change(stage, stack);
  return stack;
}

it('a violation names the resource, the rule, why it is one and what to do', () => {
  expect(complaints(stackWithQueue(), [NAMED])).toEqual([SENTENCE]);
});

it('fails the synthesis of the stack, with one sentence for each violation and no hint at how to skip it', () => {
  const outdir = mkdtempSync(path.join(tmpdir(), 'kite-policy-'));
  const app = new App({ outdir });
  const stack = new TerraformStack(app, 'kite-stack');
  resource(stack, 'aws_sqs_queue', 'one', {});
  resource(stack, 'aws_sqs_queue', 'other', {});
  Aspects.of(stack).add(new SafetyPolicy([NAMED]));
  let thrown: unknown;
  try {
    app.synth();
  } catch (error) {
    thrown = error;
  }
  const refusal = refusalIn(thrown);
  expect(refusal?.split('\n').map((line) => line.trim())).toEqual([
    expect.stringContaining('kite-stack/one (aws_sqs_queue) breaks queue-encrypted: it has no name.'),
    expect.stringContaining('kite-stack/other (aws_sqs_queue) breaks queue-encrypted: it has no name.'),
  ]);
  rmSync(outdir, { recursive: true });
});

it('sees the changes of other aspects and of overrides', () => {
  const stack = stackWithQueue();
  Aspects.of(stack).add(new SafetyPolicy([NAMED]));
  Aspects.of(stack).add({
    visit: (node) => {
      if (node.node.id === 'queue') (node as ReturnType<typeof resource>).addOverride('name', 'q');
    },
  });
  expect(() => Testing.synth(stack, true)).not.toThrow();
});

it('does not report other errors as violations', () => {
  expect(refusalIn(new Error('Cannot read properties of undefined'))).toBeUndefined();
});

describe('an exemption', () => {
  it('holds for the construct and what is in it, and for that rule only', () => {
    const other: Rule = { ...NAMED, name: 'queue-tls-only' };
    const stack = stackWithQueue((stage) => allow(stage, 'queue-encrypted', 'a queue of a test'));
    expect(complaints(stack, [NAMED])).toEqual([]);
    expect(complaints(stack, [NAMED, other])).toEqual([SENTENCE.replace('queue-encrypted', 'queue-tls-only')]);
  });

  it('does not hold beside it', () => {
    const stack = stackWithQueue((stage, whole) => {
      resource(whole, 'aws_sqs_queue', 'beside', {});
      allow(stage, 'queue-encrypted', 'a queue of a test');
    });
    expect(complaints(stack, [NAMED])).toEqual([expect.stringMatching(/^kite-stack\/beside /)]);
  });

  it('that nothing needs is a violation itself', () => {
    const stack = stackWithQueue((stage) => allow(stage, 'topic-tls-only', 'there is no topic'));
    expect(complaints(stack, [])).toEqual([
      'kite-stack/dev is exempted from topic-tls-only, and nothing in it breaks it. Do: remove the exemption.',
    ]);
  });

  it('needs a reason in words', () => {
    expect(() => stackWithQueue((stage) => allow(stage, 'queue-encrypted', 'because'))).toThrow(
      'kite-stack/dev: say why it may break queue-encrypted',
    );
  });
});
