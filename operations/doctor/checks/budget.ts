import type { Check } from '../check';
import { nameOf } from '../error-parts';
import { note, ok, problem } from '../finding';

/** Whether kite-build may make its budget: AWS refuses billing to all but the root user until that user allows it, once. */
export const budget: Check = {
  subject: 'Budget',
  look: async (around) => {
    const { MONTHLY_BUDGET_USD: monthlyBudgetUsd } = around.reading.settings;
    if (monthlyBudgetUsd === 0) return note('MONTHLY_BUDGET_USD is 0: there is no mail about costs.');
    const { account } = await around.account();
    try {
      await around.aws.describeBudgets(account);
      return ok(
        `These credentials may read budgets, and kite-build creates one of ${monthlyBudgetUsd} US dollars a month.`,
      );
    } catch (error) {
      if (nameOf(error) !== 'AccessDeniedException') throw error;
      return problem(
        'AWS denies these credentials access to budgets, so kite-build cannot create one.',
        'Sign in as the root user and activate "IAM user and role access to Billing information" on the page Account; or write MONTHLY_BUDGET_USD="0" into .env.',
      );
    }
  },
};
