import { Attributes, block, blocks, text, texts } from '../attributes';
import { Rule } from '../rule';
import { SynthesizedResource } from '../synthesized-stack';

/** What secrets look like, for one that somebody writes down: bots' tokens, keys of AWS, tokens of GitHub, private keys. */
const SHAPES = [
  /(?<!\d)\d{6,}:[A-Za-z0-9_-]{30,}\b/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Where a secret is encrypted, or not kept at all: the type, and the attributes of it. */
const ENCRYPTED: Readonly<Record<string, RegExp>> = {
  aws_ssm_parameter: /^(value|lifecycle\.precondition\.condition)$/,
  aws_codebuild_source_credential: /^token$/,
};

export const SECRET_RULES = [
  {
    name: 'secret-encrypted',
    reason: 'The value of a plain parameter is visible to everyone who may read parameters',
    source:
      'FSBP SSM.7, https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html',
    remedy: 'create it with SecretParameter (constructs/core/secret-parameter.ts).',
    of: ['aws_ssm_parameter'],
    problem: ({ attributes }) =>
      attributes['type'] === 'SecureString' && attributes['insecure_value'] === undefined
        ? undefined
        : `its type is ${text(attributes['type']) || 'not set'}`,
  },
  {
    name: 'secret-not-in-environment',
    reason: 'The environment of a function or a build is shown in the console, and in the state',
    source: 'FSBP CodeBuild.2, https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html',
    remedy: "hand the parameter's name to a function, and the parameter to a build (secrets of BuildProject).",
    of: ['aws_lambda_function', 'aws_codebuild_project'],
    problem: (resource, stack) => {
      const secret = Object.entries(environmentOf(resource)).find(([, value]) =>
        isSecret(value, stack.sensitiveVariables),
      );
      return secret && `its variable ${secret[0]} holds a secret`;
    },
  },
  {
    name: 'secret-in-its-place',
    reason: 'Terraform writes attributes into plans and into the state, and AWS shows them',
    source: 'https://developer.hashicorp.com/terraform/language/manage-sensitive-data',
    remedy: 'keep the secret in a SecretParameter, and refer to that by its name.',
    of: ['*'],
    problem: ({ type, attributes }, stack) => {
      const misplaced = texts(attributes).find(
        ({ path, text: value }) =>
          isSecret(value, stack.sensitiveVariables) && !(ENCRYPTED[type]?.test(path) && !isWrittenDown(value)),
      );
      return misplaced && `its ${misplaced.path} holds a secret`;
    },
  },
] as const satisfies readonly Rule[];

function environmentOf({ type, attributes }: SynthesizedResource): Attributes {
  const environment = block(attributes, 'environment');
  if (type === 'aws_lambda_function') return block(environment, 'variables');
  const plain = blocks(environment, 'environment_variable').filter(
    ({ type: kind }) => kind === undefined || kind === 'PLAINTEXT',
  );
  return Object.fromEntries(plain.map(({ name, value }) => [text(name), value]));
}

function isSecret(value: unknown, sensitive: readonly string[]): boolean {
  return isWrittenDown(value) || sensitive.some((name) => new RegExp(`\\bvar\\.${name}\\b`).test(text(value)));
}

function isWrittenDown(value: unknown): boolean {
  return SHAPES.some((shape) => shape.test(text(value)));
}
