/** What is said of a command, to people and to the routing of messages. */
export interface CommandDescription {
  /** Lower case, without the `/`. */
  readonly name: string;
  /** What Telegram shows in its menu when somebody types `/`. @default - it is not in the menu */
  readonly menu?: string;
  /** Its line in the answer to /help. @default - the line of another command also names it */
  readonly help?: string;
  /** Under which heading of /help. @default operators */
  readonly audience?: 'operators' | 'visitors';
  /** It makes sense only in a chat that is host or visitor of a channel; elsewhere it may be meant for another bot. @default false */
  readonly forParticipants?: boolean;
}

/** All commands, in the order in which the menu and /help show them. Data only: what a command does is in `commands/`. */
export const COMMANDS = [
  { name: 'help', menu: 'What I can do' },
  { name: 'start' },
  {
    name: 'host',
    menu: 'Answer a channel from this chat: /host name',
    help: '/host <channel>: this chat answers the visitors of that channel',
  },
  {
    name: 'info',
    menu: 'What this chat is, and the address of the channel',
    help: '/info: what this chat is, the address for the website, open conversations',
  },
  {
    name: 'origins',
    menu: 'Websites that may use the channel',
    help: '/origins <https://…> …: websites that may use the channel; “/origins all” lifts it',
    forParticipants: true,
  },
  {
    name: 'ban',
    menu: 'Stop a visitor from writing',
    help: '/ban, /unban: reply to a visitor, or name one: /ban #handle',
    forParticipants: true,
  },
  { name: 'unban', menu: 'Let a visitor write again', forParticipants: true },
  {
    name: 'export',
    menu: 'One conversation as a JSON file',
    help: '/export, /erase: one conversation as a file; or remove everything of it (I ask first)',
    forParticipants: true,
  },
  { name: 'erase', menu: 'Remove everything of one conversation', forParticipants: true },
  {
    name: 'drop',
    menu: 'Remove the channel with everything in it',
    help: '/drop: removes the channel with everything in it (I ask first)',
    forParticipants: true,
  },
  {
    name: 'join',
    menu: 'Write to a channel as a visitor: /join name',
    help: '/join <channel>: write to that channel from here',
    audience: 'visitors',
  },
  {
    name: 'leave',
    menu: 'Stop being a visitor of a channel',
    help: '/leave: stop it',
    audience: 'visitors',
    forParticipants: true,
  },
] as const satisfies readonly CommandDescription[];

export type CommandName = (typeof COMMANDS)[number]['name'];

/** The same without the literal types, to read optional fields from. */
const DESCRIPTIONS: readonly (CommandDescription & { readonly name: CommandName })[] = COMMANDS;

/** The command of that name, if it is one of ours. */
export function knownCommand(name: string): CommandName | undefined {
  return DESCRIPTIONS.find((command) => command.name === name)?.name;
}

/** Whether a command makes sense only in a chat that is host or visitor of a channel. */
export function isForParticipants(name: CommandName): boolean {
  return DESCRIPTIONS.some((command) => command.name === name && command.forParticipants === true);
}

/** The lines of /help under one heading. */
export function helpLines(audience: 'operators' | 'visitors'): readonly string[] {
  return DESCRIPTIONS.flatMap(({ help, audience: own = 'operators' }) =>
    help !== undefined && own === audience ? [help] : [],
  );
}

/** What Telegram's menu shows. */
export function menu(): readonly { readonly command: string; readonly description: string }[] {
  return DESCRIPTIONS.flatMap(({ name, menu: description }) =>
    description === undefined ? [] : [{ command: name, description }],
  );
}
