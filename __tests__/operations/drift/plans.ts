import type { Action, Plan, ResourceChange } from '../../../operations/drift/plan';

/** A resource in a plan, as `terraform show -json` writes it. */
export function entry(
  address: string,
  actions: Action[],
  before: object | null,
  after: object | null,
  more: Partial<ResourceChange['change']> = {},
): ResourceChange {
  const [type = '', name = ''] = address.split('.');
  return { address, type, name, mode: 'managed', change: { actions, before, after, ...more } };
}

/** What somebody changed, and what Terraform would do about it. */
export function drifted(
  address: string,
  before: object,
  after: object,
  more: Partial<ResourceChange['change']> = {},
): Plan {
  return {
    resource_drift: [entry(address, ['update'], before, after, more)],
    resource_changes: [
      entry(address, ['update'], after, before, {
        before_sensitive: more.after_sensitive,
        after_sensitive: more.before_sensitive,
      }),
    ],
  };
}

/** One plan of several; what the state and the code say is of the one that says it. */
export function together(...plans: Plan[]): Plan {
  return {
    ...Object.assign({}, ...plans),
    resource_drift: plans.flatMap((plan) => plan.resource_drift ?? []),
    resource_changes: plans.flatMap((plan) => plan.resource_changes ?? []),
  } as Plan;
}
