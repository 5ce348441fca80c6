import type { Check } from '../check';
import { ok, warning } from '../finding';
import type { HostGroup } from '../host-groups';
import type { Stage } from '../context';

/**
 * The bot sees what operators write. In privacy mode it sees commands and replies to itself only, except as an administrator.
 * https://core.telegram.org/bots/features#privacy-mode
 */
export function privacyMode(stage: Stage): Check {
  return {
    subject: `Privacy of ${stage.name}`,
    look: async (around) => {
      const { me } = await around.bot(stage);
      if (me.can_read_all_group_messages) return ok(`Off: @${me.username} sees what is written in its groups.`);
      const groups = await around.hostGroups(stage).catch((): HostGroup[] => []);
      if (groups.length > 0 && groups.every(({ place }) => place === 'administrator' || place === 'private')) {
        return ok(`On, but @${me.username} is an administrator wherever it hosts a channel.`);
      }
      return warning(
        `On: where @${me.username} is not an administrator, it sees only commands and replies to its own messages.`,
        'Send /setprivacy to @BotFather, then choose Disable; remove the bot from its groups and add it again',
      );
    },
  };
}
