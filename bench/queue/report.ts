import type { QueueRun } from './simulation';

/** The runs as a table, a line for each, as people read it. */
export function queueReport(runs: readonly QueueRun[]): string {
  const head = [
    'load',
    'messages',
    'median',
    'p95',
    'longest',
    'at best',
    'empty after',
    '429',
    'lost',
    'twice',
    'overtaken',
  ];
  const body = runs.map((run) => [
    `${run.load.factor}x`,
    String(run.accepted),
    duration(run.delays.median),
    duration(run.delays.p95),
    duration(run.delays.max),
    duration(run.unavoidable.max),
    duration(run.drained),
    String(run.refused),
    String(run.lost),
    String(run.repeated),
    String(run.overtaken),
  ]);
  const rows = [head, ...body];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  return [line(head), ...body.map(line)].join('\n');
}

/** `0.4 s`, `45 s`, `2 min`: two digits say enough. */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
}
