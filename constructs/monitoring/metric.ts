/** How many values become one. */
export type Statistic = 'Average' | 'Maximum' | 'Minimum' | 'Sum' | 'p50' | 'p95' | 'p99';

/** One series of numbers in CloudWatch, as alarms and dashboards name it. */
export interface Metric {
  /** For example `AWS/Lambda`. */
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: Statistic;
}

/** What an alarm looks at: one metric, or a query of CloudWatch Metrics Insights. */
export type Measure =
  { readonly kind: 'metric'; readonly metric: Metric } | { readonly kind: 'query'; readonly query: string };
