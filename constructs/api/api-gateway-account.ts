import { ApiGatewayAccount as Account } from '@cdktf/provider-aws/lib/api-gateway-account';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { AwsAccount } from '../core/aws-account';
import { allow } from '../../policy/exemption';
import { Role } from '../core/role';

/** AWS's own policy: the role serves all APIs of the region, so it cannot be narrowed to one log group. */
const PUSH_TO_LOGS = 'arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs';

export interface ApiGatewayAccountProps {
  readonly account: AwsAccount;
  /** Unique in the account; the region is added. */
  readonly rolePrefix: string;
}

/**
 * The role under which API Gateway writes the logs of WebSocket APIs. There is one such setting for all APIs of a region.
 *
 * Creates the role and names it in the setting. The setting stays when the stack goes: other APIs may have come to need it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
 *
 * @example
 * new ApiGatewayAccount(scope, 'api-gateway-account', { account, rolePrefix: 'kite' });
 */
export class ApiGatewayAccount extends Construct {
  /** What has to wait until API Gateway may write logs. */
  readonly resource: Account;

  constructor(scope: Construct, id: string, props: ApiGatewayAccountProps) {
    super(scope, id);
    const role = new Role(this, 'role', {
      roleName: `${props.rolePrefix}-api-gateway-logs-${props.account.region}`,
      description: 'Lets API Gateway write the logs of all APIs of this region',
      service: 'apigateway.amazonaws.com',
    });
    const policy = new IamRolePolicyAttachment(this, 'push-to-logs', { role: role.roleName, policyArn: PUSH_TO_LOGS });
    allow(
      policy,
      'permission-written-here',
      'AWS maintains this policy for exactly this purpose, and the role also serves the APIs of other projects',
    );
    this.resource = new Account(this, 'account', {
      cloudwatchRoleArn: role.arn,
      // API Gateway tries the role when it is told of it.
      dependsOn: [policy],
    });
  }
}
