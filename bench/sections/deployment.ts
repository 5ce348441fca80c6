import { readEnvironment } from '../../settings';
import { Sandbox } from '../../local/sandbox/sandbox';
import { buildZips, succeeded, uploadZips, zipsOf } from '../../local/sandbox/steps';
import type { Figure } from '../figure';
import type { Section, SectionOptions } from '../section';
import { secondsOf } from '../stopwatch';

/** The real cdktf, Terraform and AWS provider against the emulated account. Needs what `npm run sandbox` needs. */
export const deployment: Section = {
  name: 'deployment',
  title: 'Deploying and destroying in the sandbox, two stages',
  slow: true,
  measure: async ({ progress }: SectionOptions) => {
    const zips = zipsOf('native');
    await buildZips(zips);
    const sandbox = await Sandbox.start({ environment: readEnvironment() });
    const figures: Figure[] = [];
    const step = async (name: string, run: () => Promise<unknown>, note?: string) => {
      progress(name);
      figures.push({ name, value: await secondsOf(run), unit: 's', note });
    };
    const cdktf = (command: 'deploy' | 'diff' | 'destroy', stack: 'kite-build' | 'kite-stack') =>
      succeeded(`cdktf ${command} ${stack}`, sandbox[command](stack));
    try {
      await step('npm run bootstrap', () => succeeded('npm run bootstrap', sandbox.bootstrap()));
      await step(
        'cdktf deploy kite-build',
        () => cdktf('deploy', 'kite-build'),
        'most of it waits that the AWS provider has built in, for life cycles of S3 above all',
      );
      await uploadZips(sandbox, zips);
      await step('cdktf deploy kite-stack', () => cdktf('deploy', 'kite-stack'));
      await step('cdktf diff kite-stack', () => cdktf('diff', 'kite-stack'));
      await step('cdktf destroy kite-stack', () => cdktf('destroy', 'kite-stack'));
      await step('cdktf destroy kite-build', () => cdktf('destroy', 'kite-build'));
      return figures;
    } finally {
      await sandbox.stop();
    }
  },
};
