import { runSimulation, type SimulationIdentityPolicy } from '@cloud-copilot/iam-simulate';

import { ACCOUNT_ID, type AwsCall, type EmulatedAws } from '../../emulators/aws/account';

/** The calls that IAM would have refused to the role that made them: the emulated account does not enforce policies. */
export async function refusedCalls(aws: EmulatedAws, calls: readonly AwsCall[]): Promise<string[]> {
  const policies = new Map<string, SimulationIdentityPolicy[]>();
  const refused: string[] = [];
  for (const { caller, action, resource } of calls) {
    const identityPolicies = policies.get(caller) ?? (await policiesOf(aws, caller));
    policies.set(caller, identityPolicies);
    if (action.startsWith('apigateway:')) {
      if (!grantsApi(identityPolicies, action, resource)) refused.push(`${caller} ${action} ${resource}: in no policy`);
      continue;
    }
    const result = await runSimulation(
      {
        request: { principal: caller, action, resource: { resource, accountId: ACCOUNT_ID }, contextVariables: {} },
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
      },
      {},
    );
    const verdict = result.resultType === 'error' ? JSON.stringify(result.errors) : result.overallResult;
    if (verdict !== 'Allowed') refused.push(`${caller} ${action} ${resource}: ${verdict}`);
  }
  return refused;
}

/** The simulator has no resources for API Gateway's management API. Patterns here use `*` only. */
function grantsApi(policies: readonly SimulationIdentityPolicy[], action: string, resource: string): boolean {
  return policies.some(({ policy }) =>
    (policy as { Statement: PlainStatement[] }).Statement.some(
      ({ Effect, Action, Resource }) =>
        Effect === 'Allow' &&
        [Action].flat().includes(action) &&
        [Resource]
          .flat()
          .some((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(resource)),
    ),
  );
}

interface PlainStatement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** The inline policies of a role, as the account has them. */
async function policiesOf(aws: EmulatedAws, roleArn: string): Promise<SimulationIdentityPolicy[]> {
  const role = `Version=2010-05-08&RoleName=${roleArn.split('/').at(-1) ?? ''}`;
  const list = await aws.text({ service: 'iam', form: `Action=ListRolePolicies&${role}` });
  const names = [...list.matchAll(/<member>(.*?)<\/member>/g)].map(([, name]) => String(name));
  return await Promise.all(
    names.map(async (name) => {
      const answer = await aws.text({ service: 'iam', form: `Action=GetRolePolicy&${role}&PolicyName=${name}` });
      const document = /<PolicyDocument>([\s\S]*?)<\/PolicyDocument>/.exec(answer)?.[1] ?? '';
      return { name, policy: JSON.parse(decodeURIComponent(document)) as unknown };
    }),
  );
}
