import { Testing } from 'cdktf';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { LOG_FIELDS } from '../../constructs/monitoring/log-fields';
import { LOG_QUERIES } from '../../constructs/monitoring/log-queries';
import { MainStack } from '../../stacks/main';
import { Synthesized } from '../constructs/synthesized';

/** docs/operations.md says what is deployed: what somebody reads at night must be true. */
const text = readFileSync(path.resolve(__dirname, '../../docs/operations.md'), 'utf8');
const main = new MainStack(Testing.app(), 'kite', {
  prodStage: true,
  build: { gitRepositoryUrl: 'https://github.com/you/kite', email: 'ops@example.com' },
  kite: { logArchive: true },
  s3Backend: { bucket: 'my-state-bucket', key: 'kite/terraform', region: 'eu-north-1' },
});
const kite = Synthesized.of(main.kite);
const alarms = kite.all('aws_cloudwatch_metric_alarm');
const nameOf = (alarm: Record<string, unknown>) => String(alarm['alarm_name']).replace(/^kite-(dev|prod)-/, '');
/** The section that an alarm's mail leads to. */
const sectionOf = (alarm: Record<string, unknown>) => /#([\w-]+)$/.exec(String(alarm['alarm_description']))?.[1] ?? '';

/** The page without what comes before a heading and after the next one of the same level. */
function section(heading: string): string {
  const level = /^#+/.exec(heading)?.[0] ?? '';
  const after = text.split(`\n${heading}\n`)[1];
  if (after === undefined) throw new Error(`There is no section "${heading}".`);
  return after.split(new RegExp(`\n#{1,${level.length}} `))[0] ?? '';
}

test('every alarm has its section, and every section under Alarms its alarm', () => {
  const sections = [...section('## Alarms').matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(sections.sort()).toEqual([...new Set(alarms.map(sectionOf))].sort());
  for (const name of sections) expect(section(`### ${name}`).trim().length).toBeGreaterThan(100);
});

test('the mail of every alarm leads to its section', () => {
  for (const alarm of alarms) {
    expect(alarm['alarm_description']).toMatch(
      new RegExp(` https://github\\.com/you/kite/blob/main/docs/operations\\.md#${sectionOf(alarm)}$`),
    );
    // One section may serve the alarms of all tables.
    expect([nameOf(alarm), nameOf(alarm).replace(/-[A-Z]\w+$/, '')]).toContain(sectionOf(alarm));
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    expect(String(alarm['alarm_description']).length).toBeLessThan(1024);
  }
});

test('the number of alarms that it reckons with is the number there are', () => {
  expect(section('## Costs')).toContain(`${new Set(alarms.map(nameOf)).size} alarms for each stage`);
});

test('the query for a message is the one that is saved', () => {
  const saved = kite.all('aws_cloudwatch_query_definition').find(({ name }) => name === 'kite/prod/message');
  expect(saved?.['query_string']).toBe(LOG_QUERIES.message);
  expect(section('## What happened to a message')).toContain(LOG_QUERIES.message);
});

test('the query of the archive asks for columns that there are', () => {
  const sql = /SELECT ([\w, ]+)\nFROM kite_prod_logs\.lines\nWHERE day .* AND (\w+) =/.exec(text);
  const columns = Object.keys(LOG_FIELDS).map((name) => name.toLowerCase());
  for (const column of [...(sql?.[1] ?? 'no query').split(', '), sql?.[2]]) expect(columns).toContain(column);
});

test('every link within the page and to other pages leads somewhere', () => {
  const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      ?.toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) {
    if (target?.startsWith('https://')) continue;
    if (target?.startsWith('#')) expect(anchors).toContain(target.slice(1));
    else expect(() => readFileSync(path.resolve(__dirname, '../../docs', target ?? ''))).not.toThrow();
  }
});
