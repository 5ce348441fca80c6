import { columns } from '../operations/columns';
import { isMet, type Figure } from './figure';
import type { SectionResult } from './results';

const HEADS = ['Figure', 'Measured', 'Ratio', 'Aim', ''] as const;

/** The figures of a section for a terminal. */
export function plainTable({ title, command, seconds, figures }: SectionResult): string {
  const lines = columns([HEADS, ...figures.map(cells)]).map((line) => `  ${line}`.trimEnd());
  return [`${title} (${command}, ${seconds.toFixed(0)} s)`, ...lines].join('\n');
}

/** The figures of all sections for docs/performance.md. */
export function markdown(results: readonly SectionResult[]): string {
  return results
    .map(({ title, command, measuredAt, machine, figures }) =>
      [
        `### ${title}`,
        '',
        `\`${command}\`, ${measuredAt.slice(0, 10)}, on ${machine}.`,
        '',
        ...markdownTable([HEADS, ...figures.map(cells)]),
      ].join('\n'),
    )
    .join('\n\n');
}

/** As Prettier aligns it, so that writing it changes nothing but figures. */
function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADS.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  return [lines[0] ?? '', `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)];
}

function cells(figure: Figure): readonly string[] {
  const { name, value, unit, floor, aim, note } = figure;
  const met = isMet(figure);
  return [
    note ? `${name} (${note})` : name,
    written(value, unit),
    floor ? `${floor.ratio.toFixed(2)} of ${floor.name}` : '',
    aim ? `at most ${aim.of === 'value' ? written(aim.atMost, unit) : aim.atMost}` : '',
    met === undefined ? '' : met ? 'met' : 'missed',
  ];
}

function written(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case 'ms':
      return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
    case 's':
      return `${value.toFixed(value < 10 ? 2 : 0)} s`;
    case 'bytes':
      if (value < 10_000) return `${value.toFixed(0)} B`;
      return value < 1_000_000 ? `${(value / 1000).toFixed(0)} kB` : `${(value / 1_000_000).toFixed(1)} MB`;
    case 'count':
    case 'requests':
    case 'round trips':
    case 'units':
      return `${Number.isInteger(value) ? value : value.toFixed(1)}`;
  }
}
