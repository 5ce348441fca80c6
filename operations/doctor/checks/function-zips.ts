import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_OUTPUTS } from '../../../constructs/pipeline/build-outputs';
import { buildFolder } from '../../../constructs/function/function-runtime';
import type { Check } from '../check';
import { statusOf } from '../error-parts';
import { notChecked, ok, problem, type Finding } from '../finding';
import type { StackState } from '../stack-state';
import type { DoctorContext } from '../context';

/** What kite-stack makes its functions from: zips in the artifact bucket, and before that, if so chosen, on this machine. */
export const functionZips: Check = {
  subject: 'Functions',
  look: async (around) => {
    const state = around.state('kite-build');
    if (around.reading.settings.BUILD_LAMBDA_VIA_ASSET && (await isAbsent(state))) return onThisMachine(around);
    if ((await state).deployed !== 'yes') return notChecked('kite-build is not deployed yet.');
    const [bucket, ...keys] = await Promise.all(
      [BUILD_OUTPUTS.bucket, BUILD_OUTPUTS.dispatcherKey, BUILD_OUTPUTS.lifecycleKey].map((name) =>
        around.output('kite-build', name),
      ),
    );
    const missing: string[] = [];
    for (const key of keys) if (!(await isThere(around, bucket, key))) missing.push(key);
    if (missing.length === 0) return ok(`Stored in s3://${bucket}.`);
    return problem(`There is no ${missing.join(' and no ')} in s3://${bucket} yet.`, remedy(around));
  },
};

/** Also where nobody can tell: the zips on this machine are there or not in any case. */
async function isAbsent(state: Promise<StackState>): Promise<boolean> {
  return state.then(
    ({ deployed }) => deployed !== 'yes',
    () => true,
  );
}

function onThisMachine({ folder, reading: { settings } }: DoctorContext): Finding {
  const zips = join('dist', 'lambdas', buildFolder(settings.RUNTIME, settings.ARCHITECTURE));
  const missing = ['function.zip', 'lifecycle.zip'].filter((file) => !existsSync(join(folder, zips, file)));
  return missing.length === 0
    ? ok(`kite-build will upload those in ${zips}.`)
    : problem(
        `kite-build uploads ${missing.join(' and ')} from ${zips}, which are not built yet.`,
        'npm run build:lambdas',
      );
}

async function isThere({ aws }: DoctorContext, Bucket: string | undefined, Key: string): Promise<boolean> {
  try {
    await aws.s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

function remedy({ reading: { settings } }: DoctorContext): string {
  return settings.BUILD_LAMBDA_VIA_ASSET
    ? 'npm run build:lambdas, then npx cdktf deploy kite-build'
    : `aws codebuild start-build --region ${settings.AWS_REGION} --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml`;
}
