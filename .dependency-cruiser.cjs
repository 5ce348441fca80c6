/** The arrows of the design: main -> stacks -> constructs; functions -> adapters -> chat; nothing uses local. */
const only = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from },
  to: { path: to },
});

module.exports = {
  forbidden: [
    only(
      'constructs-know-no-stack',
      '^constructs/',
      '^(stacks/|main\\.ts|config\\.ts|lambdas/(?!bot-profile\\.ts$)|local/|widget/)',
      'Constructs take props; they do not know who composes them. Of the functions they know what a bot is registered with: data.',
    ),
    only(
      'stacks-know-no-main',
      '^stacks/',
      '^(main\\.ts|config\\.ts|lambdas/|local/|widget/)',
      'main.ts reads config.ts and hands values down.',
    ),
    only(
      'chat-knows-no-adapter',
      '^lambdas/chat/',
      '^(lambdas/(?!chat/)|stacks/|constructs/|local/|main\\.ts|config\\.ts)',
      'The domain imports nothing of its surroundings.',
    ),
    only(
      'chat-knows-no-vendor',
      '^lambdas/chat/',
      'node_modules/(@aws-sdk|@aws-lambda-powertools|grammy|@grammyjs)',
      'The domain imports nothing of AWS or Telegram.',
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
      '^(stacks/|constructs/|local/|main\\.ts|config\\.ts)',
      'A deployed function holds nothing of the project around it.',
    ),
    only(
      'nobody-uses-local',
      '^(main\\.ts|config\\.ts|stacks/|constructs/|lambdas/|widget/)',
      '^local/',
      'local/ may use all; nothing uses local/.',
    ),
    only(
      'widget-shares-names-and-numbers',
      '^widget/',
      '^(main\\.ts|config\\.ts|stacks/|constructs/|lambdas/(?!chat/(file-limits|limits|refusal|protocol/subprotocol)\\.ts$))',
      'The widget knows the names, limits and error codes of the protocol, and nothing that runs on the server.',
    ),
    only(
      'nobody-uses-bench',
      '^(main\\.ts|config\\.ts|stacks/|constructs/|lambdas/|local/|widget/|scripts/)',
      '^bench/',
      'bench/ measures all; nothing uses bench/.',
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
