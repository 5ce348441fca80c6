import * as v from 'valibot';
import { parse } from 'yaml';

/** The phases in their order. */
export const PHASES = ['install', 'pre_build', 'build', 'post_build'] as const;
export type PhaseName = (typeof PHASES)[number];

/** A phase as the buildspec writes it. */
export type Phase = v.InferOutput<typeof PHASE>;

/** A buildspec, as far as the runner understands it. */
export type Buildspec = v.InferOutput<typeof BUILDSPEC>;

const SCALAR = v.pipe(v.union([v.string(), v.number(), v.boolean()]), v.transform(String));

const PHASE = v.strictObject({
  'on-failure': v.optional(v.picklist(['ABORT', 'CONTINUE'])),
  // The machine that runs the runner has its own Node.
  'runtime-versions': v.optional(v.record(v.string(), SCALAR)),
  commands: v.optional(v.array(SCALAR), []),
  finally: v.optional(v.array(SCALAR), []),
});

const BUILDSPEC = v.strictObject({
  // 0.1 runs each command in a shell of its own: it is obsolete.
  version: v.pipe(SCALAR, v.literal('0.2')),
  env: v.optional(
    v.strictObject({
      shell: v.optional(v.picklist(['sh', 'bash', '/bin/sh', '/bin/bash']), 'sh'),
      variables: v.optional(v.record(v.string(), SCALAR), {}),
      'parameter-store': v.optional(v.record(v.string(), v.string()), {}),
      'exported-variables': v.optional(v.array(v.string()), []),
    }),
    {},
  ),
  phases: v.strictObject({
    install: v.optional(PHASE),
    pre_build: v.optional(PHASE),
    build: v.optional(PHASE),
    post_build: v.optional(PHASE),
  }),
  artifacts: v.optional(
    v.strictObject({
      files: v.array(v.string()),
      'base-directory': v.optional(v.string(), '.'),
      'discard-paths': v.optional(v.picklist(['yes', 'no']), 'no'),
      name: v.optional(v.string()),
    }),
  ),
});

/**
 * Reads a buildspec. Throws an Error that names every part that CodeBuild would refuse, or that this runner does not know:
 * a part that is silently left out would make a test pass that proves nothing.
 *
 * Source: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function parseBuildspec(text: string, file: string): Buildspec {
  const result = v.safeParse(BUILDSPEC, parse(text));
  if (result.success) return result.output;
  const problems = result.issues.map((issue) => `- ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`);
  throw new Error(`${file} cannot be run.\n${problems.join('\n')}`);
}
