import { CodebuildSourceCredential } from '@cdktf/provider-aws/lib/codebuild-source-credential';
import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';

/** How CodeBuild authenticates to GitHub. */
export type SourceCredential =
  /** A connection made in the console and confirmed there: the way AWS recommends. */
  | { readonly kind: 'connection'; readonly arn: string }
  /** A personal access token, imported into CodeBuild for the whole account and region. */
  | { readonly kind: 'token'; readonly token: TerraformVariable };

export interface BuildSourceProps {
  /** For example `https://github.com/you/kite`. */
  readonly repositoryUrl: string;
  /** @default - whatever CodeBuild has been given in this account already */
  readonly credential?: SourceCredential;
}

/**
 * The repository that build projects read.
 *
 * @example
 * new BuildSource(scope, 'source', { repositoryUrl: 'https://github.com/you/kite' });
 */
export class BuildSource extends Construct {
  readonly repositoryUrl: string;
  /** The connection to read through. */
  readonly connectionArn?: string;
  private readonly imported?: CodebuildSourceCredential;

  constructor(scope: Construct, id: string, props: BuildSourceProps) {
    super(scope, id);
    this.repositoryUrl = props.repositoryUrl;
    if (props.credential?.kind === 'connection') this.connectionArn = props.credential.arn;
    if (props.credential?.kind === 'token') {
      this.imported = new CodebuildSourceCredential(this, 'credential', {
        authType: 'PERSONAL_ACCESS_TOKEN',
        serverType: 'GITHUB',
        token: props.credential.token.stringValue,
      });
    }
  }

  /** What a project and its webhook have to wait for. */
  get ready(): CodebuildSourceCredential[] {
    return this.imported ? [this.imported] : [];
  }
}
