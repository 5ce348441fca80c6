import type { Parameters } from './parameters';

/** What a call meets instead of its answer. */
export type Fault =
  /** 429 with `retry_after` seconds. */
  | { readonly kind: 'tooManyRequests'; readonly retryAfter: number }
  /** 500 Internal Server Error. */
  | { readonly kind: 'serverError' }
  /** No answer, until the caller hangs up. */
  | { readonly kind: 'timeout' }
  /** The connection is reset. */
  | { readonly kind: 'reset' }
  /** A refusal in the given words, e.g. `Bad Request: chat not found`. */
  | { readonly kind: 'refuse'; readonly description: string; readonly code?: number };

/** Which calls meet a fault. */
export interface FaultPlan {
  /** A method's name; every method if left out. */
  readonly method?: string;
  /** How many calls; 1 if left out, Infinity for all. */
  readonly times?: number;
  /** Only these calls. */
  readonly when?: (parameters: Parameters) => boolean;
  /** The call takes effect, only its answer is lost. */
  readonly afterEffect?: boolean;
  readonly fault: Fault;
}

/** Faults that tests ask for. */
export class Faults {
  private plans: { plan: FaultPlan; left: number }[] = [];

  /** Lets the next calls that fit fail; plans made first are used up first. Gives a function that ends the plan. */
  inject(plan: FaultPlan): () => void {
    const entry = { plan, left: plan.times ?? 1 };
    this.plans.push(entry);
    return () => {
      this.plans = this.plans.filter((other) => other !== entry);
    };
  }

  clear(): void {
    this.plans = [];
  }

  /** The plan this call falls under, if any; counts it. */
  take(method: string, parameters: Parameters): FaultPlan | undefined {
    const entry = this.plans.find(
      ({ plan }) =>
        (plan.method === undefined || plan.method.toLowerCase() === method.toLowerCase()) &&
        (plan.when === undefined || plan.when(parameters)),
    );
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.plans = this.plans.filter((other) => other !== entry);
    return entry.plan;
  }
}
