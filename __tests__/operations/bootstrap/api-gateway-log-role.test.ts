import { foreignLogRole } from '../../../operations/bootstrap/api-gateway-log-role';

const account = (answer: { cloudwatchRoleArn?: string } | Error) => ({
  send: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)) as never,
});
const THEIRS = 'arn:aws:iam::123456789012:role/other-apis-logs';

describe('foreignLogRole', () => {
  it('names a role that another project has set for all APIs of the region', async () => {
    await expect(foreignLogRole(account({ cloudwatchRoleArn: THEIRS }), 'kite')).resolves.toBe(THEIRS);
  });

  it('says nothing if there is none, or if it is of Kite', async () => {
    const own = 'arn:aws:iam::123456789012:role/kite-api-gateway-logs-eu-north-1';
    await expect(foreignLogRole(account({}), 'kite')).resolves.toBeUndefined();
    await expect(foreignLogRole(account({ cloudwatchRoleArn: own }), 'kite')).resolves.toBeUndefined();
  });

  it('continues if the credentials may not read the setting', async () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    await expect(foreignLogRole(account(denied), 'kite')).resolves.toBeUndefined();
  });
});
