import type { Check } from '../check';
import { note, notChecked, ok, toDo, warning, type Finding } from '../finding';
import { MOST_GROUPS, type HostGroup } from '../host-groups';
import type { Stage } from '../context';

/** In each group that hosts a channel, the bot may do what the chat needs. */
export function groups(stage: Stage): Check {
  return {
    subject: `Groups of ${stage.name}`,
    look: async (around) => {
      const found = await around.hostGroups(stage);
      if (found.length === 0) {
        const { me } = await around.bot(stage);
        return toDo(
          'No channel is hosted yet.',
          `Add @${me.username} to a private group as an administrator, and send there: /host my-channel`,
        );
      }
      const { me } = await around.bot(stage);
      const findings = found.map((group) => look(group, me.can_read_all_group_messages, me.username));
      const rest = notChecked(`There may be more channels: only ${MOST_GROUPS} were checked.`);
      return found.length < MOST_GROUPS ? findings : [...findings, rest];
    },
  };
}

function look(group: HostGroup, seesAll: boolean, bot: string): Finding {
  const where = `"${group.title}", which hosts ${group.channel}`;
  const promote = (rights: string): string => `In that group: Administrators, @${bot}, allow ${rights}`;
  switch (group.place) {
    case 'private':
      return ok(`${group.channel} is hosted by one person.`);
    case 'away':
      return warning(
        `The bot is not in ${where} (${group.reason ?? 'no reason given'}): visitors are told that nobody is available.`,
        `Add @${bot} to the group again, or send /drop there to remove the channel`,
      );
    case 'member':
      if (group.forum) {
        return warning(
          `The bot is not an administrator in ${where}: it cannot make a topic for each visitor.`,
          promote('Manage topics, Pin messages and Delete messages'),
        );
      }
      return seesAll
        ? note(
            `The bot is not an administrator in ${where}: it may not be allowed to pin messages.`,
            promote('Pin messages'),
          )
        : warning(
            `The bot is not an administrator in ${where}: it sees only commands and replies to its own messages.`,
            promote('Pin messages and Delete messages'),
          );
    case 'administrator':
      return administrator(group, where, promote);
  }
}

function administrator({ forum, rights }: HostGroup, where: string, promote: (rights: string) => string): Finding {
  const lacking = [
    ...(forum && !rights.manageTopics ? ['Manage topics'] : []),
    ...(rights.pin ? [] : ['Pin messages']),
    ...(rights.delete ? [] : ['Delete messages']),
  ];
  if (lacking.length === 0) return ok(`The bot may do everything it needs in ${where}.`);
  return warning(
    `In ${where}, the bot does not have the right to ${lacking.join(' and to ').toLowerCase()}.`,
    promote(lacking.join(' and ')),
  );
}
