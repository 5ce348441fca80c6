import type { EmulatedAws } from '../../../emulators/aws/account';

/** The settings of an SDK client with which somebody works in the account, past Terraform and CI. */
export function clientSettings({ url, region }: EmulatedAws) {
  return { endpoint: url, region, credentials: { accessKeyId: 'somebody', secretAccessKey: 'somebody' } };
}
