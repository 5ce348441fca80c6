import { Construct } from 'constructs';
import { AwsAccount } from './aws-account';
import { stateBucketName, StateLocation } from './remote-state';
import { Grantee } from './role';

export interface DriftReaderProps {
  readonly account: AwsAccount;
  /** The project that looks for drift. */
  readonly project: Grantee;
  readonly prefix: string;
  readonly stages: readonly string[];
  readonly state: readonly [StateLocation, ...StateLocation[]];
}

/** What the drift check may read: the state, and the settings of everything that Terraform has made. It may write nothing. */
export class DriftReader extends Construct {
  constructor(scope: Construct, id: string, props: DriftReaderProps) {
    super(scope, id);
    const bucket = `arn:aws:s3:::${stateBucketName(props.state[0])}`;
    props.project.role.allow(
      'read-state',
      { actions: ['s3:ListBucket'], resources: [bucket] },
      { actions: ['s3:GetObject'], resources: props.state.map(({ key }) => `${bucket}/${key}`) },
    );
  }
}
