import { GetObjectCommand } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { parsed } from '../../json';
import type { AwsAccess } from './aws-access';
import { nameOf, statusOf } from './error-parts';
import { NotChecked } from './finding';

/** The stacks in AWS, and under which keys `main.ts` keeps their state. */
export const STATE_KEYS = {
  'kite-build': 'kite/terraform-build.tfstate',
  'kite-stack': 'kite/terraform.tfstate',
} as const;
export type StackName = keyof typeof STATE_KEYS;

/** What the state bucket tells of a stack. */
export interface StackState {
  /** `partly`: resources were made, and the deployment did not come to its end. */
  readonly deployed: 'yes' | 'partly' | 'no';
  /** The stack's outputs, by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Somebody changes the stack just now, or has been cut off while doing so. */
  readonly lock?: StateLock;
}

/** Terraform's own words on who holds a lock. */
export interface StateLock {
  readonly id: string;
  readonly who: string;
  readonly since: string;
}

/** Only this much of a state is read: the rest holds secrets. */
const STATE = v.object({
  outputs: v.optional(v.record(v.string(), v.object({ value: v.unknown() })), {}),
  resources: v.optional(v.array(v.unknown()), []),
});

const LOCK = v.object({
  ID: v.optional(v.string(), 'unknown'),
  Who: v.optional(v.string(), 'somebody'),
  Created: v.optional(v.string(), 'an unknown time'),
});

/** Reads the state of a stack. Throws a NotChecked if it is no state, and what the SDK throws. */
export async function readStackState(aws: AwsAccess, bucket: string, stack: StackName): Promise<StackState> {
  const key = STATE_KEYS[stack];
  const [text, lockText] = await Promise.all([read(aws, bucket, key), read(aws, bucket, `${key}.tflock`)]);
  const lock = lockText === undefined ? {} : { lock: lockOf(lockText) };
  if (text === undefined) return { deployed: 'no', outputs: {}, ...lock };
  const state = v.safeParse(STATE, parsed(text));
  if (!state.success) throw new NotChecked(`s3://${bucket}/${key} is not a Terraform state.`);
  const outputs = Object.entries(state.output.outputs).map(([name, { value }]) => [name, String(value)] as const);
  const { resources } = state.output;
  return {
    deployed: resources.length === 0 ? 'no' : outputs.length === 0 ? 'partly' : 'yes',
    outputs: Object.fromEntries(outputs),
    ...lock,
  };
}

function lockOf(text: string): StateLock {
  const lock = v.safeParse(LOCK, parsed(text));
  const { ID, Who, Created } = lock.success ? lock.output : v.parse(LOCK, {});
  return { id: ID, who: Who, since: Created };
}

/** Undefined: there is no such object. */
async function read({ s3 }: AwsAccess, Bucket: string, Key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToString();
  } catch (error) {
    if (nameOf(error) === 'NoSuchBucket') throw new NotChecked('There is no state bucket yet.');
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}
