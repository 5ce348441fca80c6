import { dispatcherEnvironment } from '../../../lambdas/adapters/environment';
import { DEFAULT_FILE_LIMITS } from '../../../lambdas/chat/model/file-limits';
import { MainStacks } from '../../stacks/main-stacks';

/** What a deployment with this setting tells the function. */
function deployed(fileTypes?: string): Record<string, string> {
  const stacks = new MainStacks({ kite: fileTypes === undefined ? {} : { fileTypes } });
  const functions = stacks.kite.all('aws_lambda_function');
  const dispatcher = functions.find(({ function_name: name }) => name === 'dev-request-dispatcher');
  return (dispatcher?.['environment'] as { variables: Record<string, string> }).variables;
}

test('the function takes the files that the deployment is set to', () => {
  const set = dispatcherEnvironment(deployed('image/svg+xml=5 application/zip=0'));
  expect([set.fileLimits.get('image/svg+xml'), set.fileLimits.has('application/zip')]).toEqual([
    5 * 1024 * 1024,
    false,
  ]);
  const { FILE_TYPES, ...unset } = deployed();
  expect(FILE_TYPES).toBeUndefined();
  expect(dispatcherEnvironment(unset).fileLimits).toEqual(DEFAULT_FILE_LIMITS);
});

test('everything that is wrong with the environment of the function is said at once', () => {
  const { MEMBERS_TABLE: _, ...variables } = deployed();
  expect(() => dispatcherEnvironment({ ...variables, FILE_TYPES: 'png', RETENTION_DAYS: '0' })).toThrow(
    /MEMBERS_TABLE is not set; RETENTION_DAYS must be .+; FILE_TYPES: "png" does not say what may be sent: write/,
  );
});
