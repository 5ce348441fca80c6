const text = (words: string): { text: string } => ({ text: words });
const event = (name: string, description: string): object => ({ name, type: text('CustomEvent'), description });
const variable = (name: string, description: string, value: string): object => ({ name, description, default: value });

/** The element's public interface, as tools read it: https://github.com/webcomponents/custom-elements-manifest */
export const manifest = {
  schemaVersion: '1.0.0',
  readme: '',
  modules: [
    {
      kind: 'javascript-module',
      path: 'kite-chat.js',
      declarations: [
        {
          kind: 'class',
          customElement: true,
          name: 'KiteChat',
          tagName: 'kite-chat',
          description: 'Live chat with the people behind a website.',
          superclass: { name: 'LitElement', package: 'lit' },
          attributes: [
            {
              name: 'endpoint',
              fieldName: 'endpoint',
              type: text('string'),
              description: 'wss://<host>/<stage>?c=<channel>, as /host answers in Telegram. Required.',
            },
            {
              name: 'open',
              fieldName: 'open',
              type: text('boolean'),
              description: 'Whether the chat is open; reflected.',
            },
            {
              name: 'heading',
              fieldName: 'heading',
              type: text('string'),
              description: 'Heading of the panel; otherwise in the language of `lang`.',
            },
            {
              name: 'welcome',
              fieldName: 'welcome',
              type: text('string'),
              description: 'First words in the panel; otherwise in the language of `lang`.',
            },
            {
              name: 'visitor-name',
              fieldName: 'visitorName',
              type: text('string'),
              description:
                "The visitor's name for the operators, cut after 64 characters; otherwise the server makes a friendly one up.",
            },
            {
              name: 'theme',
              fieldName: 'theme',
              type: text("'auto' | 'light' | 'dark'"),
              default: 'auto',
              description: 'Colors; auto follows the system.',
            },
            {
              name: 'lang',
              fieldName: 'lang',
              type: text('string'),
              description:
                'en, uk, de or es, also with a region; otherwise the language of the page, then of the browser.',
            },
          ],
          members: [
            {
              kind: 'field',
              name: 'unread',
              type: text('number'),
              readonly: true,
              description: 'Messages of the host that the visitor has not seen.',
            },
            { kind: 'method', name: 'show', description: 'Opens the chat and puts the cursor into it.' },
            { kind: 'method', name: 'hide', description: 'Closes the chat; new messages are counted.' },
            { kind: 'method', name: 'toggle', description: 'Opens or closes the chat.' },
            {
              kind: 'method',
              name: 'send',
              description: 'Sends a text as the visitor and gives its id. Throws if it is empty or too long.',
              parameters: [{ name: 'text', type: text('string') }],
              return: { type: text('string') },
            },
            {
              kind: 'method',
              name: 'sendFile',
              description:
                'Sends a file as the visitor and gives its id. Throws if it is of a wrong type or too large.',
              parameters: [{ name: 'file', type: text('File') }],
              return: { type: text('string') },
            },
            {
              kind: 'method',
              name: 'forget',
              description: 'Forgets the visitor in this browser: who they are, and the history.',
              return: { type: text('Promise<void>') },
            },
          ],
          events: [
            event('kite-open', 'The chat was opened.'),
            event('kite-close', 'The chat was closed.'),
            event('kite-message', 'The host wrote: { id, author, at, text?, file? }.'),
            event('kite-sent', "The server has the visitor's message: the same fields."),
            event(
              'kite-failed',
              "The server does not take the visitor's message: the same fields and { code, reason }.",
            ),
            event('kite-unread', 'The number of unread messages changed: { count }.'),
          ],
          cssProperties: [
            variable('--kite-accent', 'Launcher, header, own messages', '#1f5fd6 (light), #8ab4ff (dark)'),
            variable('--kite-on-accent', 'Text on the accent color', '#ffffff (light), #0c1a33 (dark)'),
            variable('--kite-surface', 'Background of the panel', '#ffffff (light), #161b24 (dark)'),
            variable('--kite-text', 'Text', '#16202e (light), #e9edf4 (dark)'),
            variable('--kite-muted', 'Times and hints', '#566173 (light), #a4afc0 (dark)'),
            variable('--kite-bubble', "The host's messages", '#eef1f6 (light), #262d39 (dark)'),
            variable('--kite-line', 'Lines', '#dde2ea (light), #303846 (dark)'),
            variable('--kite-danger', 'Problems', '#b3261e (light), #ffb4ab (dark)'),
            variable('--kite-radius', 'Corners of the panel', '18px'),
            variable('--kite-font', 'Font shorthand', 'system font, 15px/1.45'),
            variable('--kite-width', 'Width of the panel', '384px'),
            variable('--kite-height', 'Height of the panel', '620px'),
            variable('--kite-offset-inline', 'Distance from the side', '20px'),
            variable('--kite-offset-block', 'Distance from the bottom', '20px'),
            variable('--kite-z-index', 'Stacking', '2147483000'),
          ],
          cssParts: [
            { name: 'launcher', description: 'The round button' },
            { name: 'badge', description: 'The number of unread messages on it' },
            { name: 'panel', description: 'The chat' },
            { name: 'header', description: 'Its head' },
            { name: 'log', description: 'Its messages' },
            { name: 'message', description: 'One message; also part `visitor` or `host`' },
            { name: 'composer', description: 'The form below' },
          ],
        },
      ],
      exports: [
        {
          kind: 'custom-element-definition',
          name: 'kite-chat',
          declaration: { name: 'KiteChat', module: 'kite-chat.js' },
        },
        { kind: 'js', name: 'KiteChat', declaration: { name: 'KiteChat', module: 'kite-chat.js' } },
      ],
    },
  ],
} as const;
