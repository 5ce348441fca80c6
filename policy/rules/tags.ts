import { block, isRecord, text } from '../attributes';
import { Rule } from '../rule';

/** By these costs are told apart, and what belongs to Kite is found. `Stage` is added by StageTag where there is a stage. */
const TAGS = ['Project', 'Stack'];

export const TAG_RULES = [
  {
    name: 'tagged',
    reason: 'Resources without tags cannot be told apart on the bill',
    source: 'https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html',
    remedy:
      'give the provider its default tags (constructs/core/aws-account.ts), and the resource none that take their place.',
    of: ['*'],
    problem: ({ type, attributes }, stack) => {
      if (!type.startsWith('aws_')) return undefined;
      const [provider] = stack
        .providers('aws')
        .filter(({ alias }) => alias === undefined || text(attributes['provider']) === `aws.${text(alias)}`);
      const defaults = block(block(provider ?? {}, 'default_tags'), 'tags');
      const missing = TAGS.filter((tag) => text(defaults[tag]) === '');
      if (missing.length > 0) return `its provider does not tag it: ${missing.join(', ')}`;
      const own = isRecord(attributes['tags']) ? Object.keys(attributes['tags']) : [];
      const replaced = TAGS.filter((tag) => own.includes(tag));
      return replaced.length > 0 ? `it replaces the tags ${replaced.join(', ')}` : undefined;
    },
  },
] as const satisfies readonly Rule[];
