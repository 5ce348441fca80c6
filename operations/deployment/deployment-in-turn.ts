import type { LambdaClient } from '@aws-sdk/client-lambda';
import { LIFECYCLE, REQUEST_DISPATCHER } from './artifact';
import { isSuperseded, type Deployment, type IsAncestor } from './deployment';
import { deployStage, type StageDeploymentProps, type StageDeploymentResult } from './stage-deployment';
import { StageTurn, type TurnProps } from './stage-turn';

/** Which build goes to which stage, and what decides whether it is still wanted. */
export interface DeploymentInTurnProps
  extends Omit<StageDeploymentProps, 'commit' | 'lambda'>, Pick<TurnProps, 's3' | 'bucket'> {
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly wanted: Deployment;
  readonly isAncestor: IsAncestor;
  /** Whether functions that kite-stack makes from now on start with this build. */
  readonly markLatest: boolean;
}

/** How a deployment ended well. `superseded`: something newer is there, and stays. */
export type DeploymentInTurnResult = StageDeploymentResult | 'superseded';

/**
 * Brings the build of a commit to a stage when no other build does, unless something newer was deployed meanwhile. Throws a
 * Refusal if it fails; the stage is then served as before, and the next build has its turn.
 */
export async function deployInTurn(props: DeploymentInTurnProps): Promise<DeploymentInTurnResult> {
  const turn = await StageTurn.take({ ...props, build: props.wanted.build });
  let result: DeploymentInTurnResult;
  try {
    result = await deployUnlessSuperseded(props, turn);
  } catch (error) {
    // The reason of the failure is what people need to read.
    await turn.end().catch(() => undefined);
    throw error;
  }
  await turn.end(result === 'superseded' ? undefined : props.wanted);
  return result;
}

async function deployUnlessSuperseded(props: DeploymentInTurnProps, turn: StageTurn): Promise<DeploymentInTurnResult> {
  const { wanted, stage, store, say } = props;
  const { last } = turn;
  if (last !== undefined && isSuperseded(wanted, last, props.isAncestor)) {
    say(
      `Commit ${wanted.commit} is not deployed: build ${last.build} has deployed ${last.commit} to ${stage}, which is newer.`,
    );
    return 'superseded';
  }
  const result = await deployStage({ ...props, commit: wanted.commit, lambda: turn.guard(props.lambda) });
  if (props.markLatest) {
    turn.check();
    for (const name of [REQUEST_DISPATCHER, LIFECYCLE]) await store.markLatest(name, wanted.commit);
    say(`The build of ${wanted.commit} is the latest now.`);
  }
  return result;
}
