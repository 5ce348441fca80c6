import { StoredArtifact } from '../pipeline/stored-artifact';

/** Where the code of a function is, and who brings it there afterwards. */
export type FunctionCode = CodeDeployedByCi | CodeDeployedByTerraform;

/** Terraform takes the code only when it makes the function; from then on CI updates it, and Terraform leaves it alone. */
export interface CodeDeployedByCi {
  readonly deployedBy: 'ci';
  readonly artifact: StoredArtifact;
}

/** Every deployment brings the code along whose hash has changed. */
export interface CodeDeployedByTerraform {
  readonly deployedBy: 'terraform';
  readonly artifact: StoredArtifact;
  /** SHA-256 of the zip in base64, as Lambda reports it. */
  readonly hash: string;
}
