import { columns } from '../../operations/columns';
import type { QueueRun } from './simulation';

/** The runs as a table, a line for each, as people read it. */
export function queueReport(runs: readonly QueueRun[]): string {
  const delays = ['median', 'p95', 'longest', 'at best', 'empty after'];
  const head = ['load', 'messages', ...delays, '429', 'lost', 'twice', 'overtaken'];
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
  return columns([head, ...body], 0).join('\n');
}

/** `0.4 s`, `45 s`, `2 min`: two digits say enough. */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
}
