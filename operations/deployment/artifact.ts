/** A zip that builds keep: the folder of the artifact bucket that it is kept in, and its name. */
export interface ArtifactName {
  readonly folder: string;
  readonly file: string;
}

/** The request dispatcher's code. */
export const REQUEST_DISPATCHER: ArtifactName = { folder: 'request-dispatcher', file: 'function.zip' };
/** The lifecycle handler's code. */
export const LIFECYCLE: ArtifactName = { folder: 'lifecycle', file: 'lifecycle.zip' };

/** Where a build of a commit is kept; `latest` is what a new function starts with. */
export function artifactKey({ folder, file }: ArtifactName, commit: string): string {
  return `${folder}/${commit}/${file}`;
}

/** What a build is for: a function of another kind or architecture cannot run it. */
export interface BuildFlavour {
  /** `native` or `common`. */
  readonly kind: string;
  /** `arm64`, `x86_64`, or `any`. */
  readonly architecture: string;
}

/** A zip in the artifact bucket whose bytes have been compared with its noted checksum. */
export interface StoredArtifact extends Partial<BuildFlavour> {
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 in base64, as Lambda's `CodeSha256`. */
  readonly codeSha256: string;
}
