import {
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  type FunctionConfiguration,
  type LambdaClient,
  type ListVersionsByFunctionCommandOutput,
} from '@aws-sdk/client-lambda';
import { Refusal } from '../command';
import type { ArtifactName, StoredArtifact } from './artifact';
import type { ArtifactStore } from './artifact-store';

/** The alias that takes the traffic. */
export const LIVE = 'live';

/** What a release works with. */
export interface ReleaseTools {
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly store: ArtifactStore;
  /** Waits before a state is asked for again. */
  readonly pause: () => Promise<void>;
}

interface LiveVersion {
  readonly version: string;
  readonly configuration: FunctionConfiguration;
  /** SHA-256 of the unpublished code: another one than that of the version if a build died half way. */
  readonly unpublished: string | undefined;
  /** Whether the alias gives a share of the traffic to another version. */
  readonly shared: boolean;
}

/** How often a function's state is asked for: with pauses of a second, Lambda has two minutes. */
const PATIENCE = 120;

/**
 * New code on its way to one function: first a version that takes no traffic, then the alias, and all the way back.
 *
 * What Terraform finds afterwards is the same either way: `live` is the latest version there is, and the unpublished code
 * is that version's.
 */
export class FunctionRelease {
  /** The version with the new code. */
  version: string;
  private published = false;
  private uploaded = false;
  private switched = false;

  private constructor(
    private readonly tools: ReleaseTools,
    readonly functionName: string,
    private readonly artifact: ArtifactName,
    private readonly live: LiveVersion,
  ) {
    this.version = live.version;
  }

  /** Looks at what is live. Answers undefined if there is no such function yet. */
  static async of(
    tools: ReleaseTools,
    functionName: string,
    artifact: ArtifactName,
  ): Promise<FunctionRelease | undefined> {
    const { lambda } = tools;
    let unpublished: string | undefined;
    try {
      ({ CodeSha256: unpublished } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: functionName }),
      ));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const alias = await lambda
      .send(new GetAliasCommand({ FunctionName: functionName, Name: LIVE }))
      .catch((error: unknown) => {
        if (!isMissing(error)) throw error;
        throw new Refusal(`${functionName} has no alias ${LIVE}: deploy kite-stack, which makes it.`);
      });
    const version = alias.FunctionVersion ?? '';
    const configuration = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: version }),
    );
    const shared = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0;
    return new FunctionRelease(tools, functionName, artifact, { version, configuration, unpublished, shared });
  }

  /** The version that is live, or was before this release. */
  get previousVersion(): string {
    return this.live.version;
  }

  /** Whether the code is live already, and nothing else waits behind it. */
  isLive(code: StoredArtifact): boolean {
    const { configuration, unpublished } = this.live;
    return configuration.CodeSha256 === code.codeSha256 && unpublished === code.codeSha256;
  }

  /** Throws a Refusal if this function cannot run this build. */
  check(code: StoredArtifact): void {
    const { Architectures, Runtime = '' } = this.live.configuration;
    const architecture = Architectures?.[0] ?? 'x86_64';
    const native = Runtime.startsWith('provided');
    if (code.kind !== undefined && (code.kind === 'native') !== native) {
      throw new Refusal(
        `${this.functionName} runs on ${Runtime}, and s3://${code.bucket}/${code.key} is a ${code.kind} build. ` +
          'Deploy kite-build and kite-stack with the same RUNTIME, then build again.',
      );
    }
    if (native && code.architecture !== undefined && code.architecture !== architecture) {
      throw new Refusal(
        `${this.functionName} runs on ${architecture}, and s3://${code.bucket}/${code.key} was built for ${code.architecture}. ` +
          'Deploy kite-build and kite-stack with the same ARCHITECTURE, then build again.',
      );
    }
  }

  /** Makes a version of the code; it takes no traffic yet. Throws a Refusal if Lambda received other bytes. */
  async publish(code: StoredArtifact, description: string): Promise<void> {
    this.uploaded = true;
    await this.upload(code);
    const { lambda } = this.tools;
    const made = await lambda.send(
      new PublishVersionCommand({
        FunctionName: this.functionName,
        // Lambda publishes only if the code is still this: nobody can slip in something else.
        CodeSha256: code.codeSha256,
        Description: description,
      }),
    );
    this.version = made.Version ?? '';
    this.published = this.version !== this.live.version;
    await this.settled(this.version);
  }

  /** Gives the version the traffic. */
  async switch(): Promise<void> {
    this.switched = true;
    await this.pointTo(this.version);
  }

  /** Leaves the function as it was before the release. Answers with what could not be put back, in words. */
  async undo(): Promise<readonly string[]> {
    if (this.switched) await this.pointTo(this.live.version);
    if (this.published) {
      await this.tools.lambda.send(
        new DeleteFunctionCommand({ FunctionName: this.functionName, Qualifier: this.version }),
      );
    }
    return this.uploaded ? this.restoreCode() : [];
  }

  /** Without this, the next change of a setting would publish the code that has just failed. */
  private async restoreCode(): Promise<readonly string[]> {
    for (const candidate of [...(await this.commitsOfLiveCode()), 'latest']) {
      const before = await this.tools.store.findIfAny(this.artifact, candidate);
      if (before !== undefined && before.codeSha256 === this.live.configuration.CodeSha256) {
        await this.upload(before);
        return [];
      }
    }
    return [
      `The unpublished code of ${this.functionName} is still the one that failed: the code of version ${this.live.version} ` +
        'is not in the artifact bucket. It takes no traffic, but do not deploy kite-stack before a build has succeeded.',
    ];
  }

  /** The commits that versions with the same code name; a version that Terraform made for a changed setting names none. */
  private async commitsOfLiveCode(): Promise<ReadonlySet<string>> {
    const commits = new Set<string>();
    let Marker: string | undefined;
    do {
      const page: ListVersionsByFunctionCommandOutput = await this.tools.lambda.send(
        new ListVersionsByFunctionCommand({ FunctionName: this.functionName, Marker }),
      );
      for (const { CodeSha256, Description = '' } of page.Versions ?? []) {
        const commit = /\b[0-9a-f]{40}\b/.exec(Description)?.[0];
        if (commit !== undefined && CodeSha256 === this.live.configuration.CodeSha256) commits.add(commit);
      }
      Marker = page.NextMarker;
    } while (Marker);
    return commits;
  }

  private async upload(code: StoredArtifact): Promise<void> {
    const { CodeSha256 } = await this.tools.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: this.functionName, S3Bucket: code.bucket, S3Key: code.key }),
    );
    if (CodeSha256 !== code.codeSha256) {
      throw new Refusal(
        `${this.functionName} received code other than what was checked: CodeSha256 is ${CodeSha256} and not ${code.codeSha256}.`,
      );
    }
    await this.settled();
  }

  private async pointTo(version: string): Promise<void> {
    await this.tools.lambda.send(
      new UpdateAliasCommand({
        FunctionName: this.functionName,
        Name: LIVE,
        FunctionVersion: version,
        // A share that somebody gave to another version is taken back.
        ...(this.live.shared && { RoutingConfig: { AdditionalVersionWeights: {} } }),
      }),
    );
  }

  /** Waits until Lambda has taken over the code. */
  private async settled(version?: string): Promise<void> {
    for (let asked = 0; asked < PATIENCE; asked++) {
      const { State, LastUpdateStatus, StateReason, LastUpdateStatusReason } = await this.tools.lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: this.functionName, Qualifier: version }),
      );
      if (State === 'Failed' || LastUpdateStatus === 'Failed') {
        throw new Refusal(
          `Lambda cannot update the code of ${this.functionName}: ${LastUpdateStatusReason ?? StateReason ?? 'no reason given'}.`,
        );
      }
      if (State !== 'Pending' && LastUpdateStatus !== 'InProgress') return;
      await this.tools.pause();
    }
    throw new Refusal(`Lambda has not updated the code of ${this.functionName} within ${PATIENCE} s.`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'ResourceNotFoundException';
}
