/** What is mutated together, and the tests that are asked whether they notice. Each part ends within an hour on two cores. */
const chat = (name) => `__tests__/lambdas/chat/${name}.test.ts`;
const adapter = (name) => `__tests__/lambdas/adapters/${name}.test.ts`;

const CONVERSATIONS = [chat('visitor/!(faults)'), chat('operator/!(removal)'), chat('outbox/!(crashes|away)')];

export const PARTS = {
  model: {
    mutate: ['lambdas/chat/{model,protocol,messenger}/**/*.ts', 'lambdas/chat/trace.ts'],
    tests: [
      chat('{model,protocol,messenger}/*'),
      chat('{visitor/door,operator/routing,outbox/edits,outbox/order,outbox/turns}'),
      adapter('telegram/operator-side'),
    ],
  },
  visitor: {
    mutate: ['lambdas/chat/visitor/*.ts', 'lambdas/chat/{browser-side,files,membership}.ts'],
    tests: [...CONVERSATIONS, chat('messenger/*')],
  },
  operator: {
    mutate: ['lambdas/chat/operator/**/*.ts', 'lambdas/chat/messenger-side.ts'],
    tests: [...CONVERSATIONS, chat('messenger/*')],
  },
  outbox: {
    mutate: ['lambdas/chat/outbox/*.ts'],
    tests: [...CONVERSATIONS, chat('messenger/*')],
  },
  dynamodb: {
    mutate: ['lambdas/adapters/dynamodb/*.ts'],
    tests: [adapter('dynamodb/*'), adapter('stores/dynalite')],
  },
  telegram: {
    mutate: ['lambdas/adapters/telegram/*.ts'],
    tests: [adapter('telegram/*'), '__tests__/lambdas/lifecycle/webhook-check.test.ts'],
  },
  adapters: {
    mutate: ['lambdas/adapters/*.ts', 'lambdas/adapters/lambda-events/*.ts'],
    tests: [adapter('*'), adapter('lambda-events/*'), '__tests__/lambdas/{request-dispatcher,lifecycle}/*.test.ts'],
  },
};
