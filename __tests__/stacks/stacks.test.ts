import { readFileSync } from 'node:fs';
import { App, Testing } from 'cdktf';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { LocalStack } from '../../stacks/local';
import { Synthesized } from '../constructs/synthesized';
import { type Changes, MainStacks, stacks as mainStacks } from './main-stacks';

const KITE = { domainName: 'k1te.chat' };

function stacks(changes: Changes = {}): MainStacks {
  return mainStacks({ kite: KITE, ...changes });
}

describe('MainStack', () => {
  const { build, kite } = stacks();

  it('makes the stacks kite-build and kite-stack, with their state side by side', () => {
    const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'kite-synth-')) });
    const { main } = new MainStacks({}, app);
    expect([main.build.node.id, main.kite.node.id]).toEqual(['kite-build', 'kite-stack']);
    expect(build.json.terraform.backend?.['s3']).toMatchObject({
      bucket: 'my-state-bucket',
      key: 'kite/terraform-build.tfstate',
    });
    expect(kite.json.terraform.backend?.['s3']).toMatchObject({
      bucket: 'my-state-bucket',
      key: 'kite/terraform.tfstate',
    });
    rmSync(app.outdir, { recursive: true });
  });

  it('has the outputs that are public interface', () => {
    expect(Object.keys(build.json.output ?? {})).toEqual(
      expect.arrayContaining(['s3-source-bucket', 'function-s3-key', 'lifecycle-s3-key']),
    );
    expect(build.json.output?.['function-s3-key']).toEqual({ value: 'request-dispatcher/latest/function.zip' });
    expect(build.json.output?.['lifecycle-s3-key']).toEqual({ value: 'lifecycle/latest/lifecycle.zip' });
    expect(Object.keys(kite.json.output ?? {}).sort()).toMatchSnapshot();
  });

  it.each(['build', 'kite'] as const)(
    'keeps the address of every resource of %s: Terraform deletes what loses its address, and makes it again',
    (name) => {
      const { resource = {} } = stacks()[name].json;
      const addresses = Object.entries(resource).flatMap(([type, ofType]) =>
        Object.keys(ofType).map((id) => `${type}.${id}`),
      );
      expect(addresses.sort().join('\n')).toMatchSnapshot();
    },
  );
});

describe('KiteStack', () => {
  it('gives functions the memory and the time they need', () => {
    const functions = stacks()
      .kite.all('aws_lambda_function')
      .map(({ function_name: name, memory_size: memory, timeout, architectures, runtime }) => ({
        ...{ name, memory, timeout, architectures, runtime },
      }));
    expect(functions).toMatchSnapshot();
  });
});

describe('BuildStack', () => {
  const projects = (changes: Changes = {}) =>
    stacks(changes)
      .build.all('aws_codebuild_project')
      .map((project) => project['name'])
      .sort();

  it('builds and deploys, promotes tags, and looks for drift', () => {
    expect(projects()).toEqual(['build-and-deploy-project', 'deploy-on-tag-project', 'drift-check-project']);
  });

  it('builds on a small machine, in an image whose name and whose variables are known', () => {
    const built = stacks()
      .build.all('aws_codebuild_project')
      .map(({ name, build_timeout: minutes, environment }) => {
        const { environment_variable: variables, ...machine } = environment as {
          environment_variable: readonly { name: string }[];
        };
        return { name, minutes, machine, variables: variables.map((variable) => variable.name).sort() };
      });
    expect(built).toMatchSnapshot();
  });

  it('promotes no tags without a stage prod', () => {
    expect(projects({ prodStage: false })).toEqual(['build-and-deploy-project', 'drift-check-project']);
  });

  it('has a role of its own for each project', () => {
    const roles = stacks()
      .build.all('aws_codebuild_project')
      .map((project) => project['service_role']);
    expect(new Set(roles).size).toBe(3);
  });

  it('lets pushes deploy to dev and tags to prod, and not the other way round', () => {
    const { build } = stacks();
    const deployers = build.grants().filter(({ policy }) => policy === 'deploy-code');
    for (const stage of ['dev', 'prod']) {
      const other = stage === 'dev' ? 'prod' : 'dev';
      const of = deployers.filter(({ statement }) => JSON.stringify(statement).includes(`:function:${stage}-`));
      expect(of).toHaveLength(2);
      expect(JSON.stringify(of)).not.toContain(`:function:${other}-`);
    }
  });

  it('lets the drift check only read, except for its memory and its mail', () => {
    const { build } = stacks();
    const drift = Object.entries(build.json.resource?.['aws_iam_role_policy'] ?? {})
      .filter(([name]) => name.startsWith('drift-check_'))
      .flatMap(
        ([, policy]) => (JSON.parse(String(policy['policy'])) as { Statement: { Action: string[] }[] }).Statement,
      )
      .flatMap(({ Action }) => Action);
    const others = drift.filter((action) => !/:(Get|List|Describe|BatchGet|View)|^apigateway:GET$/.test(action)).sort();
    expect(others).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents', 's3:PutObject', 'sns:Publish']);
    expect(drift).not.toContain('dynamodb:GetItem');
  });

  it('looks for drift with the secrets that are deployed, and can start before kite-stack has made their parameters', () => {
    const drift = stacks()
      .build.all('aws_codebuild_project')
      .find(({ name }) => name === 'drift-check-project');
    const { environment_variable: variables } = drift?.['environment'] as { environment_variable: { type: string }[] };
    // CodeBuild would not start a build whose PARAMETER_STORE variable names a parameter that is not there.
    expect(variables.filter(({ type }) => type !== 'PLAINTEXT')).toEqual([]);
    expect(variables).toContainEqual({
      name: 'SECRETS',
      value:
        'TF_VAR_TELEGRAM_BOT_TOKEN=/kite/dev/telegram-bot-token TF_VAR_TELEGRAM_PROD_BOT_TOKEN=/kite/prod/telegram-bot-token TF_VAR_CLOUDFLARE_API_TOKEN=/kite/cloudflare-api-token',
      type: 'PLAINTEXT',
    });
  });

  describe('with buildLambdaViaAsset', () => {
    let folder = '';
    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'kite-asset-'));
      writeFileSync(path.join(folder, 'cdktf.json'), '{}');
      process.chdir(folder);
    });
    afterEach(() => {
      process.chdir(path.resolve(__dirname, '../..'));
      rmSync(folder, { recursive: true });
    });
    const viaAsset = () => new MainStacks({ kite: KITE, build: { buildLambdaViaAsset: true } });

    it('uploads the zips of this machine, and has no drift check', () => {
      const zips = path.join(folder, 'dist/lambdas/native/arm64');
      mkdirSync(zips, { recursive: true });
      for (const zip of ['function.zip', 'lifecycle.zip']) writeFileSync(path.join(zips, zip), zip);
      const { build, kite } = viaAsset();
      expect(
        build
          .all('aws_s3_object')
          .map(({ key }) => key)
          .sort(),
      ).toEqual(['lifecycle/latest/lifecycle.zip', 'request-dispatcher/latest/function.zip']);
      expect(build.all('aws_codebuild_project').map(({ name }) => name)).not.toContain('drift-check-project');
      for (const fn of kite.all('aws_lambda_function')) expect(fn).toHaveProperty('source_code_hash');
    });

    it('says to build them first, if they are not there', () => {
      const { build } = viaAsset();
      expect(JSON.stringify(build.json.variable?.['KITE_SETTINGS'])).toContain(
        'BUILD_LAMBDA_VIA_ASSET uploads dist/lambdas/native/arm64/function.zip and dist/lambdas/native/arm64/lifecycle.zip: not there yet. Run npm run build:lambdas first.',
      );
    });
  });
});

describe('KiteStack', () => {
  const { kite, warnings } = stacks();

  it('has a stage prod only if asked for', () => {
    const names = (stack: Synthesized) =>
      stack
        .all('aws_apigatewayv2_stage')
        .map(({ name }) => name)
        .sort();
    expect(names(kite)).toEqual(['dev', 'dev', 'prod', 'prod']);
    expect(names(stacks({ prodStage: undefined }).kite)).toEqual(['dev', 'dev']);
  });

  it('gives each function its own role', () => {
    const functions = kite.all('aws_lambda_function');
    expect(functions.map((fn) => fn['function_name']).sort()).toEqual([
      'dev-lifecycle-handler',
      'dev-request-dispatcher',
      'prod-lifecycle-handler',
      'prod-request-dispatcher',
    ]);
    expect(new Set(functions.map(({ role }) => role)).size).toBe(4);
  });

  it('keeps the stages apart', () => {
    for (const [name, policy] of Object.entries(kite.json.resource?.['aws_iam_role_policy'] ?? {})) {
      const stage = /^(dev|prod)_/.exec(name)?.[1];
      if (!stage) continue;
      const other = stage === 'dev' ? 'prod' : 'dev';
      expect(String(policy['policy'])).not.toMatch(new RegExp(`[./"_]${other}[_./-]`));
    }
  });

  it('tells the functions what they need, and no secret', () => {
    const [dispatcher, lifecycle] = ['dev-request-dispatcher', 'dev-lifecycle-handler'].map((name) => {
      const fn = kite.all('aws_lambda_function').find((candidate) => candidate['function_name'] === name);
      return (fn?.['environment'] as { variables: Record<string, string> }).variables;
    });
    expect(Object.keys(dispatcher ?? {}).sort()).toEqual([
      'API_URL',
      'BOT_TOKEN_PARAMETER',
      'BOT_TOKEN_VERSION',
      'CHANNELS_TABLE',
      'CONNECTIONS_TABLE',
      'DELIVERY_QUEUE_URL',
      'FILES_BUCKET',
      'MEMBERS_TABLE',
      'MESSAGES_TABLE',
      'RETENTION_DAYS',
      'STAGE',
      'WEBSOCKET_CALLBACK_URL',
      'WEBSOCKET_URL',
    ]);
    expect(dispatcher).toMatchObject({ WEBSOCKET_URL: 'wss://ws.k1te.chat/dev', API_URL: 'https://api.k1te.chat/dev' });
    expect(Object.keys(lifecycle ?? {}).sort()).toEqual(['BOT_TOKEN_PARAMETER', 'STAGE']);
  });

  it('registers the webhook when everything is there, and so removes it first', () => {
    const invocation = kite
      .all('aws_lambda_invocation')
      .find(({ function_name: name, triggers }) => name === 'dev-lifecycle-handler' && triggers);
    expect(invocation).toMatchObject({
      lifecycle_scope: 'CREATE_ONLY',
      input: expect.stringMatching(/^\{"webhookUrl":"https:\/\/api\.k1te\.chat\/dev\/tg"/) as string,
    });
    const after = (invocation?.['depends_on'] as string[]).map((address) => address.split('.')[0]);
    expect(new Set(after)).toEqual(
      new Set([
        'aws_lambda_alias',
        'aws_apigatewayv2_stage',
        'aws_apigatewayv2_route',
        'aws_apigatewayv2_api_mapping',
        'aws_lambda_permission',
        'aws_iam_role_policy',
        'aws_ssm_parameter',
      ]),
    );
  });

  it('protects the data of prod, and not that of dev', () => {
    const kept = (stack: Synthesized, name: string) =>
      stack.all('aws_dynamodb_table').find((table) => table['name'] === name)?.['lifecycle'];
    expect(kept(kite, 'prod.Messages')).toEqual({ prevent_destroy: true });
    expect(kept(kite, 'dev.Messages')).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it('does not protect the data of prod if given a reason, and warns of it', () => {
    const disposable = stacks({ kite: { disposableProd: { reason: 'thrown away after the test' } } });
    expect(disposable.kite.all('aws_dynamodb_table').every(({ lifecycle }) => lifecycle === undefined)).toBe(true);
    expect(disposable.warnings).toEqual([
      'The data of prod is not protected: "destroy" deletes its tables, messages and files (thrown away after the test).',
    ]);
  });

  it('accepts provided.al2, and warns of it', () => {
    const old = stacks({ kite: { runtime: 'provided.al2' } });
    expect(old.kite.all('aws_lambda_function')[0]).toMatchObject({ runtime: 'provided.al2', handler: 'bootstrap' });
    expect(old.warnings).toEqual([expect.stringMatching(/AWS no longer maintains the runtime provided\.al2/)]);
  });

  it('runs the common build with its own handler', () => {
    const common = stacks({ kite: { runtime: 'nodejs22.x', architecture: 'x86_64' } });
    expect(common.kite.all('aws_lambda_function')[0]).toMatchObject({
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      architectures: ['x86_64'],
    });
  });

  it('requires the tokens it needs, each with what to do', () => {
    const asked = (stack: Synthesized) =>
      Object.entries(stack.json.variable ?? {})
        .filter(([, variable]) => variable['validation'])
        .map(([name]) => name)
        .sort();
    expect(asked(kite)).toEqual(['CLOUDFLARE_API_TOKEN', 'TELEGRAM_BOT_TOKEN', 'TELEGRAM_PROD_BOT_TOKEN']);
    expect(asked(stacks({ prodStage: false, kite: {} }).kite)).toEqual(['TELEGRAM_BOT_TOKEN']);
  });

  it('leaves the region’s log role alone if told to', () => {
    expect(kite.all('aws_api_gateway_account')).toHaveLength(1);
    expect(stacks({ kite: { apiGatewayAccount: 'leave' } }).kite.all('aws_api_gateway_account')).toEqual([]);
  });
});

describe('every role of every stack', () => {
  const { build, kite } = stacks();
  const statements = [...build.grants(), ...kite.grants()];

  it('is granted actions by their names', () => {
    const wildcards = statements.filter(({ statement }) =>
      [statement.Action].flat().some((action) => action.includes('*')),
    );
    expect(wildcards).toEqual([]);
  });

  it('is granted "*" only where AWS has no resource type', () => {
    const unscoped = statements.filter(({ statement }) => [statement.Resource].flat().includes('*'));
    expect(unscoped.map(({ policy }) => policy)).toEqual(['read-unscoped']);
  });

  it('has no inline policy on the role itself, and stays within the limits of AWS', () => {
    for (const stack of [build, kite]) {
      for (const role of stack.all('aws_iam_role')) expect(role).not.toHaveProperty('inline_policy');
    }
    const bytes = new Map<string, number>();
    for (const policy of [...build.all('aws_iam_role_policy'), ...kite.all('aws_iam_role_policy')]) {
      // A reference is longer than the ARN's part that it stands for.
      const size = String(policy['policy']).replace(/\$\{[^}]+\}/g, '123456789012').length;
      bytes.set(String(policy['role']), (bytes.get(String(policy['role'])) ?? 0) + size);
    }
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    expect(Math.max(...bytes.values())).toBeLessThan(10_240);
  });
});

describe('LocalStack', () => {
  it('starts DynamoDB in Docker, with its data in a volume, and makes the tables there', () => {
    const local = Synthesized.of(new LocalStack(Testing.app(), 'local'));
    const { name } = local.the('docker_image') as { name: string };
    expect(name).toMatch(/^amazon\/dynamodb-local:\d+\.\d+\.\d+$/);
    // The one that the tests run against, as pinned.
    const [, version] = name.split(':');
    const pinned = (file: string) => readFileSync(`emulators/aws/dynamodb/dynamodb-local/${file}`, 'utf8');
    expect(pinned('pom.xml')).toContain(`<version>${version}</version>`);
    expect(pinned('files.sha256')).toContain(`/DynamoDBLocal-${version}.jar\n`);
    expect(local.the('docker_container')).toMatchObject({
      command: ['-jar', 'DynamoDBLocal.jar', '-sharedDb', '-dbPath', '/home/dynamodblocal/data'],
      ports: [{ internal: 8000, external: 8000 }],
      volumes: [{ container_path: '/home/dynamodblocal/data' }],
    });
    expect(local.json.provider?.['aws']?.[0]).toMatchObject({ endpoints: [{ dynamodb: 'http://localhost:8000' }] });
    const tables = local.all('aws_dynamodb_table');
    expect(tables).toHaveLength(4);
    for (const table of tables) expect(table['depends_on']).toEqual([local.address('docker_container')]);
  });

  it('makes the tables in a DynamoDB that runs already, without Docker', () => {
    const local = Synthesized.of(
      new LocalStack(Testing.app(), 'local', { dynamodbEndpointUrl: 'http://127.0.0.1:4567' }),
    );
    expect(Object.keys(local.json.provider ?? {})).toEqual(['aws']);
    expect(local.all('aws_dynamodb_table')).toHaveLength(4);
    expect(local.json.provider?.['aws']?.[0]).toMatchObject({ endpoints: [{ dynamodb: 'http://127.0.0.1:4567' }] });
  });
});
