/** Where a command of README.md is run. */
export type Run =
  /** By this file of the tests, which takes it from README.md with `readme`. */
  | { readonly test: string }
  /** By CI: a piece of `.ci/run` that runs the same. */
  | { readonly ci: readonly string[]; readonly why?: string }
  /** By nothing here. */
  | { readonly nowhere: string };

const NPM_START: Run = { test: '__tests__/readme/npm-start.test.ts' };
const DEPLOYMENT: Run = { test: '__tests__/e2e/deployment.test.ts' };
const PIPELINE: Run = { test: '__tests__/e2e/pipeline.test.ts' };
const LOCAL_STACK: Run = { test: '__tests__/e2e/local-stack.test.ts' };

/** Every command of README.md. */
export const RUNS: Readonly<Record<string, Run>> = {
  'npm ci && npm start': { ci: ['npm ci ', 'node .ci/start-answers.mjs'], why: 'start-answers.mjs spawns npm start' },
  'npm cit': { ci: ['npm ci ', 'npm test '], why: 'npm cit is npm ci, then npm test' },
  'npm start -- --reset': NPM_START,
  'PORT=8080 npm start': NPM_START,
  "npx wscat -s k1te.chat.v1 -c 'ws://localhost:3000/dev?param=test'": NPM_START,
  'curl http://localhost:3000/dev/tg': NPM_START,

  'cp .env.example.txt .env': { test: '__tests__/readme/settings.test.ts' },
  'npm run bootstrap': DEPLOYMENT,
  'npx cdktf deploy kite-build': DEPLOYMENT,
  'aws codebuild start-build --project-name build-and-deploy-project --buildspec-override buildspecs/build-lambda.yml':
    PIPELINE,
  'npm run build': { ci: ['npm run --silent build'] },
  'aws s3 cp dist/lambdas/native/arm64/function.zip s3://<s3-source-bucket>/<function-s3-key>': DEPLOYMENT,
  'aws s3 cp dist/lambdas/native/arm64/lifecycle.zip s3://<s3-source-bucket>/<lifecycle-s3-key>': DEPLOYMENT,
  'npx cdktf deploy kite-stack --var-file=.env': DEPLOYMENT,
  'npm run build:widget': { ci: ['npm run --silent build'], why: 'npm run build is build:lambdas, then build:widget' },
  'npm run diff kite-stack -- --var-file=.env': DEPLOYMENT,
  'npm run deploy-prod': { test: '__tests__/e2e/node-js-owner.ts' },
  'npm run destroy-prod': DEPLOYMENT,
  'git tag v1.0.0 && git push origin v1.0.0': PIPELINE,
  'npm run doctor': { test: '__tests__/operations/doctor/command.test.ts' },

  'npm run -s cost -- --visitors 100,1000,20000 --messages 20 --replies 20': {
    test: '__tests__/operations/cost/cost.test.ts',
  },

  'npm run sandbox': { test: '__tests__/e2e/npm-run-sandbox.test.ts' },
  'npm run test:e2e': { ci: ['npm run --silent test:e2e'] },
  'pip install "moto[server]"': {
    nowhere: 'the machine has to bring moto, and CI ends with this command if it does not',
  },
  'npm run deploy-local': LOCAL_STACK,
  'AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000 npm start': { test: '__tests__/e2e/local-stack/chat.ts' },
  'npm run destroy-local': LOCAL_STACK,
};
