import { isRecord } from '../../json';
import type { Sandbox } from '../../local/sandbox/sandbox';

/**
 * Does what EventBridge Scheduler does when it is time, which nobody does in the emulated account: invokes the schedule's target
 * under the schedule's own role. Returns what the function answered.
 */
export async function runSchedule({ aws }: Sandbox, name: string): Promise<Record<string, unknown>> {
  const { Target: target } = await aws.call({ service: 'scheduler', method: 'GET', url: `/schedules/${name}` });
  if (!isRecord(target)) throw new Error(`The schedule ${name} has no target.`);
  const { Arn: arn, RoleArn: roleArn, Input: input } = target;
  return await aws.call({
    service: 'lambda',
    url: `/2015-03-31/functions/${String(arn).split(':function:')[1]}/invocations`,
    accessKeyId: aws.credentials(String(roleArn)).accessKeyId,
    body: JSON.parse(String(input)) as unknown,
  });
}
