import { Attributes, isRecord } from './attributes';

/** A statement of an IAM policy, with lists where IAM takes one or many. */
export interface PolicyStatement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The kind of principal and its names; `*` is `{ '*': ['*'] }`. */
  readonly principals: Readonly<Record<string, readonly string[]>>;
  readonly conditions: Attributes;
}

/** The statements of a policy in JSON. Undefined if it is not one, which is a reason to look at it. */
export function statementsOf(policy: unknown): readonly PolicyStatement[] | undefined {
  let document: unknown;
  try {
    document = JSON.parse(String(policy));
  } catch {
    return undefined;
  }
  if (!isRecord(document)) return undefined;
  return [document['Statement']].flat().filter(isRecord).map(statementOf);
}

function statementOf(statement: Attributes): PolicyStatement {
  const principal = statement['Principal'];
  return {
    effect: String(statement['Effect']),
    actions: list(statement['Action'] ?? statement['NotAction']),
    resources: list(statement['Resource'] ?? statement['NotResource']),
    principals: isRecord(principal)
      ? Object.fromEntries(Object.entries(principal).map(([kind, names]) => [kind, list(names)]))
      : principal === undefined
        ? {}
        : { [String(principal)]: list(principal) },
    conditions: isRecord(statement['Condition']) ? statement['Condition'] : {},
  };
}

function list(value: unknown): string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** Whether a policy denies requests without TLS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport */
export function refusesPlainText(policy: unknown, actions: readonly string[]): boolean {
  return (statementsOf(policy) ?? []).some(
    (statement) =>
      statement.effect === 'Deny' &&
      statement.principals['*'] !== undefined &&
      actions.every((action) => statement.actions.includes(action)) &&
      JSON.stringify(statement.conditions) === '{"Bool":{"aws:SecureTransport":"false"}}',
  );
}

/** The keys that a statement's conditions look at. */
export function conditionKeys({ conditions }: PolicyStatement): readonly string[] {
  return Object.values(conditions).flatMap((operator) => (isRecord(operator) ? Object.keys(operator) : []));
}
