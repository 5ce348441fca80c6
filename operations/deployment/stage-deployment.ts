import { Refusal } from '../command';
import { LIFECYCLE, REQUEST_DISPATCHER, type StoredArtifact } from './artifact';
import { FunctionRelease, LIVE, type ReleaseTools } from './function-release';
import { pingFunction } from './smoke-test';

/** Which build goes to which functions. */
export interface StageDeploymentProps extends ReleaseTools {
  readonly stage: string;
  readonly commit: string;
  /** What the version's description names beside the commit, for example `tag v1.2.0`. */
  readonly label: string;
  readonly dispatcherName: string;
  readonly lifecycleName: string;
  /** Told what happens, line by line. */
  readonly say: (line: string) => void;
}

/** How a deployment ended well. */
export type StageDeploymentResult = 'deployed' | 'already live' | 'no functions yet';

/**
 * Brings the build of a commit to both functions of a stage.
 *
 * The artifacts are checked before anything is touched. The new version of the request dispatcher has to answer PING before
 * it takes traffic, and again afterwards through the alias; if it does not, or if anything else fails, both functions are
 * left as they were, and a Refusal is thrown that says so.
 */
export async function deployStage(props: StageDeploymentProps): Promise<StageDeploymentResult> {
  const { stage, commit, store, say } = props;
  const code = {
    dispatcher: await store.find(REQUEST_DISPATCHER, commit),
    lifecycle: await store.find(LIFECYCLE, commit),
  };
  const dispatcher = await FunctionRelease.of(props, props.dispatcherName, REQUEST_DISPATCHER);
  const lifecycle = await FunctionRelease.of(props, props.lifecycleName, LIFECYCLE);
  if (dispatcher === undefined || lifecycle === undefined) return 'no functions yet';

  const releases: [FunctionRelease, StoredArtifact][] = [
    [dispatcher, code.dispatcher],
    [lifecycle, code.lifecycle],
  ];
  for (const [release, artifact] of releases) release.check(artifact);
  const pending = releases.filter(([release, artifact]) => !release.isLive(artifact));

  try {
    for (const [release, artifact] of pending) {
      await release.publish(artifact, `${props.label}, commit ${commit}`);
      say(`${release.functionName}: version ${release.version} made (CodeSha256 ${artifact.codeSha256})`);
    }
    await ping(props, dispatcher.version, 'before it takes traffic');
    for (const [release] of pending) {
      await release.switch();
      say(`${release.functionName}: ${LIVE} moved from version ${release.previousVersion} to ${release.version}`);
    }
    await ping(props, LIVE, 'through the alias');
  } catch (error) {
    throw new Refusal(await rollBack(pending, stage, error, say));
  }
  return pending.length > 0 ? 'deployed' : 'already live';
}

async function ping(props: StageDeploymentProps, qualifier: string, when: string): Promise<void> {
  const problem = await pingFunction(props.lambda, props.dispatcherName, qualifier, props.stage);
  if (problem !== undefined) {
    throw new Refusal(`${props.dispatcherName}:${qualifier} did not answer PING with PONG ${when}: ${problem}.`);
  }
  props.say(`${props.dispatcherName}:${qualifier} answers PING with PONG ${when}`);
}

async function rollBack(
  pending: readonly [FunctionRelease, StoredArtifact][],
  stage: string,
  reason: unknown,
  say: (line: string) => void,
): Promise<string> {
  const left: string[] = [];
  for (const [release] of [...pending].reverse()) {
    try {
      left.push(...(await release.undo()));
      say(`${release.functionName}: rolled back to version ${release.previousVersion}`);
    } catch (error) {
      left.push(`${release.functionName} could not be rolled back: ${message(error)} Look at its alias ${LIVE} now.`);
    }
  }
  const serving = pending
    .map(([release]) => `${release.functionName} version ${release.previousVersion}`)
    .join(' and ');
  return [
    `${message(reason)} Nothing was deployed to ${stage}; ${left.length > 0 ? 'but not everything could be rolled back' : `it is served by ${serving || 'what was there'} as before`}.`,
    ...left,
  ].join('\n');
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
