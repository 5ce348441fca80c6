/** Which way imports point: main -> stacks -> constructs; functions -> adapters -> chat; local -> emulators and functions. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

const ROOT = 'main\\.ts|settings\\.ts';

module.exports = {
  forbidden: [
    only(
      'constructs-know-no-stack',
      '^constructs/',
      `^(${ROOT}|stacks/|policy/(?!exemption\\.ts$)|operations/|emulators/|local/|web/|bench/|lambdas/(?!bot-profile\\.ts$))`,
      'Constructs take props and do not import what composes them. From the functions they take data: what a bot is registered with.',
    ),
    only(
      'policy-stands-alone',
      '^policy/',
      `^(${ROOT}|stacks/|constructs/|operations/|emulators/|local/|web/|bench/|lambdas/)`,
      'The safety policy reads synthesized stacks, whatever made them.',
    ),
    only(
      'stacks-know-no-main',
      '^stacks/',
      `^(${ROOT}|operations/|emulators/|local/|web/|bench/|lambdas/)`,
      'main.ts reads settings.ts and passes values down.',
    ),
    only(
      'chat-knows-no-adapter',
      '^lambdas/chat/',
      `^(?!lambdas/chat/)(${ROOT}|stacks/|constructs/|policy/|operations/|emulators/|local/|web/|bench/|lambdas/)`,
      'The domain imports nothing around it.',
    ),
    only(
      'chat-knows-no-vendor',
      '^lambdas/chat/',
      'node_modules/(@aws-sdk|@aws-lambda-powertools|grammy|@grammyjs)',
      'The domain imports neither AWS nor Telegram.',
    ),
    only(
      'adapters-know-no-function',
      '^lambdas/adapters/',
      '^lambdas/(request-dispatcher|lifecycle)/',
      'Functions wire adapters, not the other way round.',
    ),
    only(
      'functions-stand-alone',
      '^lambdas/',
      `^(${ROOT}|stacks/|constructs/|policy/|operations/|emulators/|local/|web/|bench/)`,
      'A deployed function contains nothing from the project around it.',
    ),
    only(
      'emulators-stand-alone',
      '^emulators/',
      `^(${ROOT}|stacks/|constructs/|policy/|operations/|lambdas/|local/|web/(?!shared/)|bench/)`,
      'An emulator works without Kite.',
    ),
    only(
      'only-the-console-shares-with-the-web',
      '^emulators/(?!telegram/console/browser/)',
      '^web/',
      'The console of the Telegram emulator shares icons and styles with the widget.',
    ),
    only(
      'aws-and-telegram-do-not-know-each-other',
      '^emulators/(aws|telegram)/',
      '^emulators/(?!$1/)(aws|telegram)/',
      'Each emulator works by itself.',
    ),
    only(
      'operations-run-without-emulators',
      '^operations/',
      '^(emulators/|local/|web/|bench/(?!events\\.ts$|event-measure\\.ts$))',
      'Operations run against the real account. Only `npm run cost` measures something first: the events of the bench.',
    ),
    only(
      'operations-do-not-import-each-other',
      '^operations/([^/]+)/',
      '^operations/(?!$1/)[^/]+/',
      'Doctor, drift, deployment and cost share only what lies beside their folders.',
    ),
    only(
      'local-is-used-by-nobody',
      `^(${ROOT}|stacks/|constructs/|policy/|lambdas/|emulators/|operations/|web/)`,
      '^local/',
      'local/ puts everything together; nothing imports it.',
    ),
    only(
      'web-shares-names-and-numbers',
      '^web/',
      `^(${ROOT}|stacks/|constructs/|policy/|operations/|emulators/|local/|bench/|lambdas/(?!chat/(model/(limits|refusal)|protocol/subprotocol)\\.ts$))`,
      'Browsers get the names, limits and error codes of the protocol, and nothing that runs on the server.',
    ),
    only(
      'tests-are-used-by-no-program',
      `^(${ROOT}|stacks/|constructs/|policy/|lambdas/|emulators/|operations/|local/|web/)`,
      '^(__tests__|bench)/(?!events\\.ts$|event-measure\\.ts$)',
      'Tests and the bench use everything; only the bench uses the memory stores of the tests.',
    ),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
