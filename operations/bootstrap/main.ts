import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { S3Client } from '@aws-sdk/client-s3';
import { readSettings } from '../../settings';
import { foreignLogRole } from './api-gateway-log-role';
import { makeStateBucket } from './state-bucket';
import { Refusal, runCommand } from '../command';

/** `npm run bootstrap`: makes the bucket that keeps Terraform's state, as `.env` names it, and looks at what Kite would take over. */
runCommand(async () => {
  const { STATE_BUCKET: bucket, AWS_REGION: region, AWS_ENDPOINT_URL, API_GATEWAY_ACCOUNT, missing } = readSettings();
  if (bucket === undefined || missing.kite.length > 0) throw new Refusal(missing.kite.join('\n'));
  const s3 = new S3Client({ region, forcePathStyle: AWS_ENDPOINT_URL !== undefined });
  const result = await makeStateBucket({ s3, bucket, region });
  console.log(
    `The bucket ${bucket} in ${region} ${result === 'made' ? 'was created' : 'exists already'}: versioned, encrypted, private, TLS only.`,
  );
  if (API_GATEWAY_ACCOUNT === 'leave') return;
  const logRole = await foreignLogRole(new APIGatewayClient({ region }), 'kite');
  if (logRole) {
    console.log(
      `API Gateway writes the logs of all APIs in ${region} as ${logRole}. Write API_GATEWAY_ACCOUNT="leave" into .env, or kite-stack replaces that role.`,
    );
  }
});
