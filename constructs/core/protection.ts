import { TerraformResourceLifecycle } from 'cdktf';

/** Why a stage's data may be destroyed although the stage is in production. */
export interface Disposable {
  /** For later readers, for example "the sandbox is thrown away after the test". */
  readonly reason: string;
}

/**
 * Whether what holds data survives a `destroy`.
 *
 * @example
 * new ChatTables(scope, 'tables', { stage: 'prod', protection: Protection.full });
 */
export class Protection {
  private constructor(readonly on: boolean) {}

  /** Data survives: a `destroy` fails before it has touched anything. */
  static readonly full = new Protection(true);
  /** Data goes with the stack. */
  static readonly none = new Protection(false);

  /** What Terraform itself keeps to. */
  get lifecycle(): TerraformResourceLifecycle | undefined {
    return this.on ? { preventDestroy: true } : undefined;
  }
}
