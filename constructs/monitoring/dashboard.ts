import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { Duration } from '../core/duration';
import { Metric } from './metric';

/** One line of a graph. */
export interface Line {
  readonly metric: Metric;
  /** What the line is called. */
  readonly label: string;
  /** The axis. @default left */
  readonly axis?: 'left' | 'right';
  /** The length of a period. @default - the dashboard's */
  readonly period?: Duration;
}

/** One part of a dashboard: words, lines over time, or the state of alarms. */
export type Widget =
  | { readonly kind: 'text'; readonly markdown: string }
  | { readonly kind: 'graph'; readonly title: string; readonly lines: readonly Line[]; readonly unit?: string }
  | { readonly kind: 'alarms'; readonly title: string; readonly arns: readonly string[] };

/** Widgets side by side, all of one height. */
export interface Row {
  /** In units of the grid. @default 6 */
  readonly height?: number;
  readonly widgets: readonly Widget[];
}

export interface DashboardProps {
  readonly dashboardName: string;
  readonly region: string;
  readonly rows: readonly Row[];
  /** The length of a period. @default 5 minutes */
  readonly period?: Duration;
}

/** The width of CloudWatch's grid. */
const COLUMNS = 24;

/**
 * A dashboard in CloudWatch, row by row.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 *
 * @example
 * new Dashboard(scope, 'dashboard', {
 *   dashboardName: 'kite-dev',
 *   region: 'eu-north-1',
 *   rows: [{ widgets: [{ kind: 'graph', title: 'Errors', lines: [{ metric, label: 'errors' }] }] }],
 * });
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: props.dashboardName,
      dashboardBody: JSON.stringify({ periodOverride: 'inherit', widgets: placed(props) }),
    });
  }
}

function placed(props: DashboardProps): object[] {
  let y = 0;
  return props.rows.flatMap(({ height = 6, widgets }) => {
    const width = Math.floor(COLUMNS / widgets.length);
    const row = widgets.map((widget, index) => ({ x: index * width, y, width, height, ...drawn(widget, props) }));
    y += height;
    return row;
  });
}

function drawn(widget: Widget, { region, period }: DashboardProps): object {
  switch (widget.kind) {
    case 'text':
      return { type: 'text', properties: { markdown: widget.markdown } };
    case 'alarms':
      return { type: 'alarm', properties: { title: widget.title, alarms: widget.arns } };
    case 'graph':
      return {
        type: 'metric',
        properties: {
          title: widget.title,
          region,
          view: 'timeSeries',
          stacked: false,
          period: (period ?? Duration.minutes(5)).toSeconds(),
          ...(widget.unit && { yAxis: { left: { label: widget.unit, min: 0, showUnits: false } } }),
          metrics: widget.lines.map(({ metric, label, axis, period: own }) => [
            metric.namespace,
            metric.name,
            ...Object.entries(metric.dimensions).flat(),
            { label, stat: metric.statistic, ...(axis && { yAxis: axis }), ...(own && { period: own.toSeconds() }) },
          ]),
        },
      };
  }
}
