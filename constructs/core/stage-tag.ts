import { IAspect, TerraformResource } from 'cdktf';
import { IConstruct } from 'constructs';

/** A resource that AWS can put tags on. */
interface Taggable {
  tags: Record<string, string>;
  readonly tagsInput: Record<string, string> | undefined;
}

/**
 * Tags everything of a stage with the stage's name, so that its costs can be told from the other's. The provider's default tags
 * are added to it.
 *
 * @example
 * Aspects.of(scope).add(new StageTag('dev'));
 */
export class StageTag implements IAspect {
  constructor(private readonly stage: string) {}

  visit(node: IConstruct): void {
    if (isTaggable(node)) node.tags = { ...node.tagsInput, Stage: this.stage };
  }
}

function isTaggable(node: IConstruct): node is IConstruct & Taggable {
  return TerraformResource.isTerraformResource(node) && 'tagsInput' in node;
}
