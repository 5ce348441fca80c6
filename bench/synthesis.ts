import { writeSync } from 'node:fs';

/**
 * Synthesizes all stacks as `main.ts` declares them, into the folder that CDKTF_OUTDIR names, and prints how many
 * seconds it took to load what they are made of and to synthesize. Run by the builds section in a process of its own.
 */
async function main(): Promise<void> {
  const started = performance.now();
  await Promise.all([
    import('cdktf'),
    import('../settings.ts'),
    import('../stacks/local.ts'),
    import('../stacks/main.ts'),
  ]);
  const loaded = performance.now();
  await import('../main.ts');
  const ended = performance.now();
  const seconds = { loading: (loaded - started) / 1000, synthesis: (ended - loaded) / 1000 };
  writeSync(1, `\n${JSON.stringify(seconds)}\n`);
}

void main();
