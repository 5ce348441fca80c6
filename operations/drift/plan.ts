/** The part of `terraform show -json PLAN` that the drift check reads: https://developer.hashicorp.com/terraform/internals/json-format */
export interface Plan {
  /** What Terraform found changed when it asked AWS, compared with its state. */
  readonly resource_drift?: readonly ResourceChange[];
  /** What Terraform would do, to everything it knows. */
  readonly resource_changes?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, Change>>;
  /** Every resource as AWS has it now. */
  readonly prior_state?: {
    readonly values?: { readonly root_module?: { readonly resources?: readonly StateResource[] } };
  };
  /** What the code says, before it is evaluated. */
  readonly configuration?: { readonly root_module?: { readonly resources?: readonly ConfiguredResource[] } };
}

export interface StateResource {
  readonly address: string;
  readonly mode?: 'managed' | 'data';
  readonly values?: Readonly<Record<string, unknown>>;
}

export interface ConfiguredResource {
  readonly address: string;
  /** By attribute; nested blocks are lists. */
  readonly expressions?: Readonly<Record<string, unknown>>;
}

export interface ResourceChange {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly change: Change;
}

export type Action = 'no-op' | 'create' | 'read' | 'update' | 'delete' | 'forget';

export interface Change {
  readonly actions: readonly Action[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** The same shape as `after`, with `true` where a value will be known only after the apply. */
  readonly after_unknown?: unknown;
  /** The same shape as `before`, with `true` where a value is secret. */
  readonly before_sensitive?: unknown;
  readonly after_sensitive?: unknown;
}

/** Whether a change does nothing. */
export function isNoOp({ actions }: Change): boolean {
  return actions.every((action) => action === 'no-op' || action === 'read');
}
