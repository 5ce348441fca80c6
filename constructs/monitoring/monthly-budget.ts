import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import { Construct } from 'constructs';
import { NotificationTopic } from './notification-topic';

export interface MonthlyBudgetProps {
  /** Unique in the account. */
  readonly budgetName: string;
  /** The monthly budget in US dollars. */
  readonly usd: number;
  /** Notified at 80 % and 100 % of the budget, and when the forecast exceeds it. */
  readonly topic: NotificationTopic;
}

/**
 * Mails when the account costs more in a month than it should.
 *
 * It counts the whole account: AWS cannot tell the costs of a tag before somebody has switched that tag on in Billing, and a
 * a budget without data never sends a mail.
 *
 * @example
 * new MonthlyBudget(scope, 'budget', { budgetName: 'kite-monthly', usd: 20, topic });
 */
export class MonthlyBudget extends Construct {
  constructor(scope: Construct, id: string, { budgetName, usd, topic }: MonthlyBudgetProps) {
    super(scope, id);
    const notification = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notificationType,
      threshold,
      thresholdType: 'PERCENTAGE',
      comparisonOperator: 'GREATER_THAN',
      subscriberSnsTopicArns: [topic.arn],
    });
    new BudgetsBudget(this, 'budget', {
      name: budgetName,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: usd.toFixed(1),
      limitUnit: 'USD',
      notification: [notification('ACTUAL', 80), notification('ACTUAL', 100), notification('FORECASTED', 100)],
      // AWS tries whether it may publish.
      dependsOn: [topic.policy],
    });
  }
}
