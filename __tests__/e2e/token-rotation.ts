import type { CommandResult } from '../../local/sandbox/command-runner';
import { SANDBOX_BOTS, type Sandbox } from '../../local/sandbox/sandbox';
import type { Support } from './chat';
import { errorsIn, refused } from './refusal';
import type { Visitor } from './visitor';

/** What happened while the token of dev's bot was changed. */
export interface TokenRotation {
  /** The new token. */
  readonly token: string;
  /** Texts that the visitor had got before the new token was deployed. */
  readonly early: readonly unknown[];
  /** Texts that the visitor got afterwards, in order. */
  readonly late: readonly unknown[];
  /** What the visitor wrote in between, as the operators read it. */
  readonly question: string | undefined;
  /** What the first deployment with the new token ended with. */
  readonly refusal: string;
}

const QUESTION = 'Written while nobody had a valid token';
const ANSWERS = ['Said after the old token was revoked', 'Said after a deployment had failed'];
const REFUSAL = 'Bad Request: bad webhook: a failure while rotating';

/** Longer than the queue waits between two attempts by then. */
const PATIENCE_MS = 90_000;

/**
 * The owner has BotFather revoke the token, writes the new one into `.env` and deploys; Telegram fails in the middle of the first
 * attempt. A visitor and an operator go on as if nothing were.
 * @param asked what the visitor has asked before, which the operator answers
 * @param keep takes what the deployments print
 */
export async function rotateToken(
  sandbox: Sandbox,
  { telegram, group, operator }: Support,
  visitor: Visitor,
  asked: string,
  keep: (command: Promise<CommandResult>) => Promise<CommandResult>,
): Promise<TokenRotation> {
  const texts = (): unknown[] => visitor.frames().flatMap(([tag, , text]) => (tag === 'TXT' ? [text] : []));
  // Of this visitor: the bot's last message may be about another one.
  const { message_id: replyTo } = await telegram.message(group, ({ text }) => text?.includes(asked) ?? false);
  const answer = (text = ''): void => void telegram.people.send({ chat: group, from: operator, text, replyTo });
  const before = texts().length;

  const token = telegram.revokeToken(SANDBOX_BOTS.dev.username);
  sandbox.writeSettings({ TELEGRAM_BOT_TOKEN: token });
  answer(ANSWERS[0]);
  telegram.faults.inject({ method: 'setWebhook', times: Infinity, fault: { kind: 'refuse', description: REFUSAL } });
  const failed = await keep(refused(sandbox, 'kite-stack', REFUSAL));
  telegram.faults.clear();

  answer(ANSWERS[1]);
  visitor.send(['TXT', 'id while rotating', QUESTION, new Date().toISOString()]);
  await visitor.frame('ACK', ([, id]) => id === 'id while rotating');
  const early = texts().slice(before);
  const { status, output } = await keep(sandbox.deploy('kite-stack'));
  if (status !== 0) throw new Error(`The deployment of the new token failed: ${errorsIn(output)}`);
  await visitor.frame('TXT', ([, , text]) => text === ANSWERS[1]);
  const question = await telegram.message(group, ({ text }) => text?.includes(QUESTION) ?? false, PATIENCE_MS);
  return { token, early, late: texts().slice(before), question: question.text, refusal: errorsIn(failed.output) };
}

/** What {@link rotateToken} should come to. */
export const NOTHING_LOST = {
  early: [],
  late: ANSWERS,
  question: expect.stringContaining(QUESTION) as string,
  refusal: expect.stringContaining(REFUSAL) as string,
};
