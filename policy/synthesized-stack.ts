import { TerraformResource, TerraformStack } from 'cdktf';
import { IConstruct } from 'constructs';
import { Attributes, isRecord, text } from './attributes';

/** A resource as Terraform will see it, and the construct that it comes from. */
export interface SynthesizedResource {
  /** For example `aws_s3_bucket`. */
  readonly type: string;
  /** Terraform's address: `aws_s3_bucket.files_1234`. */
  readonly address: string;
  /** The construct's path in the tree: `kite/kite-stack/dev/files`. */
  readonly path: string;
  readonly construct: IConstruct;
  readonly attributes: Attributes;
}

/**
 * What a stack comes to, with all overrides: rules look at this and not at the constructs, whose values may not be known yet.
 */
export class SynthesizedStack {
  readonly resources: readonly SynthesizedResource[];
  private readonly json: Attributes;

  constructor(stack: TerraformStack) {
    this.json = JSON.parse(JSON.stringify(stack.toTerraform())) as Attributes;
    this.resources = stack.node
      .findAll()
      .filter((node): node is TerraformResource => TerraformResource.isTerraformResource(node))
      .map((construct) => this.resourceOf(construct));
  }

  all(type: string): readonly SynthesizedResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The resources of a type whose `attribute` names this resource, by a reference or by its plain name. */
  belonging(to: SynthesizedResource, type: string, attribute: string): readonly SynthesizedResource[] {
    return this.all(type).filter(({ attributes }) => names(attributes[attribute], to));
  }

  /** The configurations of a provider, for example `aws`. */
  providers(name: string): readonly Attributes[] {
    const providers = this.json['provider'];
    const one = isRecord(providers) ? providers[name] : undefined;
    return Array.isArray(one) ? one.filter(isRecord) : [];
  }

  /** The variables whose values Terraform keeps to itself. */
  get sensitiveVariables(): readonly string[] {
    const variables = isRecord(this.json['variable']) ? this.json['variable'] : {};
    return Object.entries(variables).flatMap(([name, variable]) =>
      isRecord(variable) && variable['sensitive'] === true ? [name] : [],
    );
  }

  private resourceOf(construct: TerraformResource): SynthesizedResource {
    const { terraformResourceType: type, friendlyUniqueId: id } = construct;
    const ofType = isRecord(this.json['resource']) ? this.json['resource'][type] : undefined;
    const attributes = isRecord(ofType) && isRecord(ofType[id]) ? ofType[id] : {};
    return { type, address: `${type}.${id}`, path: construct.node.path, construct, attributes };
  }
}

/** Whether a value is this resource: a reference to it, or the name that it has. */
export function names(value: unknown, { address, attributes }: SynthesizedResource): boolean {
  if (text(value) === '') return false;
  const own = ['bucket', 'name', 'function_name'].map((attribute) => attributes[attribute]);
  return text(value).includes(`\${${address}.`) || own.includes(value);
}

/** `dev` or `prod`, from the tag that everything of a stage has; undefined for what all stages share. */
export function stageOf({ attributes }: SynthesizedResource): string | undefined {
  const tags = attributes['tags'];
  return (isRecord(tags) && text(tags['Stage'])) || undefined;
}
