import { TerraformResource, TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { Construct } from 'constructs';
import { AwsAccount } from '../../constructs/core/aws-account';

/** A stack with the tags that everything has to have, for resources to be put into. */
export function emptyStack(tags: Record<string, string> = { Project: 'kite', Stack: 'kite-stack' }): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'kite-stack');
  new AwsAccount(stack, 'aws', { region: 'eu-north-1', tags });
  return stack;
}

/** A resource with these attributes, named as Terraform names them. */
export function resource(scope: Construct, type: string, id: string, attributes: object): TerraformResource {
  const made = new TerraformResource(scope, id, { terraformResourceType: type });
  for (const [name, value] of Object.entries(attributes)) made.addOverride(name, value);
  return made;
}

/** A reference to an attribute of a resource. */
export function of({ fqn }: TerraformResource, attribute = 'id'): string {
  return `\${${fqn}.${attribute}}`;
}

/** A policy with one statement. */
export function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

/** Denies requests without TLS. */
export function tlsOnly(action: string): string {
  const Condition = { Bool: { 'aws:SecureTransport': 'false' } };
  return policy({ Effect: 'Deny', Principal: '*', Action: action, Resource: '*', Condition });
}

/** A variable whose value Terraform keeps to itself. */
export function secret(scope: Construct): string {
  return new TerraformVariable(scope, 'TELEGRAM_BOT_TOKEN', { type: 'string', sensitive: true }).stringValue;
}
