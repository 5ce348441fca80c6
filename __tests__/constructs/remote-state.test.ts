import { TerraformStack, Testing } from 'cdktf';
import { AwsAccount } from '../../constructs/core/aws-account';
import { DeploymentGate } from '../../constructs/core/deployment-gate';
import { keepState, StackOutputs, StateLocation } from '../../constructs/core/remote-state';
import { StackSettings } from '../../constructs/core/stack-settings';
import { SECRET_NAMES, SETTING_NAMES } from '../../settings';
import { Synthesized } from './synthesized';

const location: StateLocation = { bucket: 'state', key: 'kite/terraform.tfstate', region: 'eu-north-1' };
const SENTENCE =
  'Deploy kite-build first (npx cdktf deploy kite-build): this stack reads its outputs, and there are none in s3://state/kite/terraform.tfstate.';

function stackWith(build: (stack: TerraformStack) => void): Synthesized {
  const stack = new TerraformStack(Testing.app(), 'test');
  build(stack);
  return Synthesized.of(stack);
}

describe('keepState', () => {
  it('keeps the state in S3, encrypted and locked there', () => {
    const { backend } = stackWith((stack) => keepState(stack, location)).json.terraform;
    expect(backend).toEqual({
      s3: { bucket: 'state', key: 'kite/terraform.tfstate', region: 'eu-north-1', encrypt: true, use_lockfile: true },
    });
  });

  it('keeps it in an emulated account, if that is where the stack goes', () => {
    const emulated = { ...location, endpointUrl: 'http://127.0.0.1:5000' };
    expect(stackWith((stack) => keepState(stack, emulated)).json.terraform.backend?.['s3']).toMatchObject({
      endpoints: { s3: 'http://127.0.0.1:5000' },
      use_path_style: true,
      skip_credentials_validation: true,
    });
  });

  it('has no backend without a bucket, so that Terraform gets as far as reporting it', () => {
    const stack = stackWith((made) => keepState(made, { ...location, bucket: undefined }));
    expect(stack.json.terraform.backend).toBeUndefined();
  });
});

describe('StackOutputs', () => {
  const stack = stackWith((made) => {
    new AwsAccount(made, 'aws', { region: 'eu-north-1' });
    new StackOutputs(made, 'build', { state: location, stackName: 'kite-build', names: ['s3-source-bucket'] });
  });
  const [present] = stack.dataOf('aws_s3_objects');
  const [state] = stack.dataOf('terraform_remote_state');

  it('says which stack to deploy first, if it was never deployed', () => {
    expect(present).toMatchObject({
      bucket: 'state',
      prefix: 'kite/terraform.tfstate',
      lifecycle: { postcondition: [{ error_message: SENTENCE }] },
    });
    expect(state?.['depends_on']).toEqual([expect.stringMatching(/^data\.aws_s3_objects\.build_present/)]);
  });

  it('says the same if that stack has been destroyed', () => {
    expect(state).toMatchObject({
      defaults: { 's3-source-bucket': '' },
      lifecycle: {
        postcondition: [
          {
            condition: '${alltrue([for name in ["s3-source-bucket"] : self.outputs[name] != ""])}',
            error_message: SENTENCE,
          },
        ],
      },
    });
  });
});

describe('DeploymentGate', () => {
  const provider = (missing: string[]) =>
    stackWith((stack) => {
      const gate = new DeploymentGate(stack, 'gate', missing);
      new AwsAccount(stack, 'aws', { region: 'eu-north-1', gate });
    });

  it('reports everything that is missing when Terraform plans, without a call to AWS', () => {
    const stack = provider(['EMAIL is missing.', 'REPOSITORY is missing.']);
    expect(stack.json.variable?.['KITE_SETTINGS']).toMatchObject({
      default: 'incomplete',
      validation: [{ error_message: 'EMAIL is missing.\nREPOSITORY is missing.' }],
    });
    expect(stack.json.provider?.['aws']?.[0]?.['region']).toMatch(/var\.KITE_SETTINGS/);
  });

  it('is not there if nothing is missing', () => {
    const stack = provider([]);
    expect(stack.json.variable).toBeUndefined();
    expect(stack.json.provider?.['aws']?.[0]?.['region']).toBe('eu-north-1');
  });
});

describe('AwsAccount', () => {
  it('does not make Terraform wait for what an emulator does not support', () => {
    const stack = stackWith((made) => {
      new AwsAccount(made, 'aws', {
        region: 'eu-north-1',
        endpointUrl: 'http://127.0.0.1:5000',
        providerVersion: '5.100.0',
      });
    });
    expect(stack.json.provider?.['aws']?.[0]).toMatchObject({ max_retries: 1, s3_use_path_style: true });
    expect(stack.json.terraform.required_providers['aws']).toMatchObject({ version: '5.100.0' });
  });
});

describe('StackSettings', () => {
  const stack = stackWith((made) => {
    new StackSettings(made, 'settings', {
      required: { TELEGRAM_BOT_TOKEN: 'TELEGRAM_BOT_TOKEN is missing: ask @BotFather.' },
      envFile: { settingNames: SETTING_NAMES, secretNames: SECRET_NAMES },
    });
  });

  it('knows every name of .env, so that --var-file=.env makes Terraform warn of nothing', () => {
    expect(Object.keys(stack.json.variable ?? {})).toEqual(
      expect.arrayContaining([
        'CLOUDFLARE_API_TOKEN',
        'DOMAIN',
        'EMAIL',
        'TELEGRAM_BOT_TOKEN',
        'TELEGRAM_PROD_BOT_TOKEN',
      ]),
    );
  });

  it('marks secrets as sensitive, and fails the plan if a required one is missing', () => {
    expect(stack.json.variable?.['TELEGRAM_BOT_TOKEN']).toMatchObject({
      sensitive: true,
      default: '',
      validation: [
        {
          condition: '${var.TELEGRAM_BOT_TOKEN != ""}',
          error_message: 'TELEGRAM_BOT_TOKEN is missing: ask @BotFather.',
        },
      ],
    });
    expect(stack.json.variable?.['CLOUDFLARE_API_TOKEN']).not.toHaveProperty('validation');
  });
});
