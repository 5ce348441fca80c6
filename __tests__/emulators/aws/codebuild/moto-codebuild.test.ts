import { CodeBuild } from '../../../../emulators/aws/codebuild/moto-codebuild';
import { jsonBody } from '../../../../emulators/aws/protocol/aws-request';
import { FakeMoto } from '../account/fake-moto';

const call = (operation: string, body: unknown) => ({ target: `CodeBuild_20161006.${operation}`, body });
const PROJECT = {
  name: 'build-and-deploy-project',
  source: { type: 'GITHUB', location: 'https://github.com/a/b' },
  badgeEnabled: true,
  concurrentBuildLimit: 1,
};

async function withProject(): Promise<{ codebuild: CodeBuild; moto: FakeMoto }> {
  const [codebuild, moto] = [new CodeBuild(), new FakeMoto(() => ({ project: { arn: 'arn:of:project' } }))];
  await moto.ask(codebuild, call('CreateProject', PROJECT));
  return { codebuild, moto };
}

test('a project reads back as it was written, with the parts that moto loses', async () => {
  const { codebuild, moto } = await withProject();
  const { body } = await moto.ask(
    codebuild,
    call('BatchGetProjects', { names: ['build-and-deploy-project', 'other'] }),
  );
  expect(body).toMatchObject({
    projects: [
      {
        arn: 'arn:of:project',
        name: 'build-and-deploy-project',
        concurrentBuildLimit: 1,
        badge: { badgeEnabled: true },
      },
    ],
    projectsNotFound: ['other'],
  });
});

test('a project can be changed', async () => {
  const { codebuild, moto } = await withProject();
  const { body } = await moto.ask(
    codebuild,
    call('UpdateProject', { name: 'build-and-deploy-project', concurrentBuildLimit: 2 }),
  );
  expect(body).toMatchObject({ project: { concurrentBuildLimit: 2, source: PROJECT.source } });
  expect(body).toHaveProperty('project.badge.badgeEnabled', true);
  const without = await moto.ask(
    codebuild,
    call('UpdateProject', { name: 'build-and-deploy-project', badgeEnabled: false }),
  );
  expect(without.body).toHaveProperty('project.badge', { badgeEnabled: false });
});

test('a project that is deleted by its ARN is gone, in moto too', async () => {
  const { codebuild, moto } = await withProject();
  await moto.ask(
    codebuild,
    call('DeleteProject', { name: 'arn:aws:codebuild:eu-north-1:123456789012:project/build-and-deploy-project' }),
  );
  expect((await moto.ask(codebuild, call('ListProjects', {}))).body).toEqual({ projects: [] });
  expect(jsonBody(moto.asked.at(-1)!)).toEqual({ name: 'build-and-deploy-project' });
});

test('a project without a source is made in moto with one', async () => {
  const [codebuild, moto] = [new CodeBuild(), new FakeMoto(() => ({ project: {} }))];
  const { body } = await moto.ask(
    codebuild,
    call('CreateProject', { name: 'p', source: { type: 'NO_SOURCE', buildspec: 'x' } }),
  );
  expect(jsonBody(moto.asked[0]!)).toMatchObject({ source: { location: 'none' } });
  expect(body).toMatchObject({ project: { source: { type: 'NO_SOURCE', buildspec: 'x' } } });
});

test('a webhook is part of its project until it is deleted', async () => {
  const { codebuild, moto } = await withProject();
  const filterGroups = [[{ type: 'EVENT', pattern: 'PUSH' }]];
  const made = await moto.ask(
    codebuild,
    call('CreateWebhook', { projectName: 'build-and-deploy-project', filterGroups }),
  );
  expect(made.body).toMatchObject({
    webhook: { filterGroups, payloadUrl: expect.stringContaining('https://'), secret: expect.any(String) },
  });
  expect(await moto.ask(codebuild, call('CreateWebhook', { projectName: 'build-and-deploy-project' }))).toMatchObject({
    status: 400,
    body: { __type: 'ResourceAlreadyExistsException' },
  });
  const read = async (): Promise<unknown> =>
    (await moto.ask(codebuild, call('BatchGetProjects', { names: ['build-and-deploy-project'] }))).body['projects'];
  expect(await read()).toMatchObject([{ webhook: { filterGroups } }]);
  await moto.ask(codebuild, call('DeleteWebhook', { projectName: 'build-and-deploy-project' }));
  expect(await read()).not.toMatchObject([{ webhook: {} }]);
});

test('source credentials are listed until they are deleted, and their token is not kept', async () => {
  const [codebuild, moto] = [new CodeBuild(), new FakeMoto()];
  const { body } = await moto.ask(
    codebuild,
    call('ImportSourceCredentials', { serverType: 'GITHUB', authType: 'PERSONAL_ACCESS_TOKEN', token: 'secret' }),
  );
  const listed = await moto.ask(codebuild, call('ListSourceCredentials', {}));
  expect(listed.body).toEqual({
    sourceCredentialsInfos: [{ arn: body['arn'], serverType: 'GITHUB', authType: 'PERSONAL_ACCESS_TOKEN' }],
  });
  await moto.ask(codebuild, call('DeleteSourceCredentials', { arn: body['arn'] }));
  expect((await moto.ask(codebuild, call('ListSourceCredentials', {}))).body).toEqual({ sourceCredentialsInfos: [] });
});
