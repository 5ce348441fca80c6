import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { LOG_FIELDS } from '../../constructs/monitoring/log-fields';
import { LOG_QUERIES } from '../../constructs/monitoring/log-queries';
import { headingsIn, sectionOf } from '../readme/markdown';
import { stacks } from '../stacks/main-stacks';

/** docs/operations.md must match what is deployed. */
const text = readFileSync(path.resolve(__dirname, '../../docs/operations.md'), 'utf8');
const { kite } = stacks({ kite: { logArchive: true } });
const alarms = kite.all('aws_cloudwatch_metric_alarm');
const nameOf = (alarm: Record<string, unknown>) => String(alarm['alarm_name']).replace(/^kite-(dev|prod)-/, '');
/** The section that an alarm's mail leads to. */
const anchorOf = (alarm: Record<string, unknown>) => /#([\w-]+)$/.exec(String(alarm['alarm_description']))?.[1] ?? '';

const section = (heading: string) => sectionOf(text, heading);

test('every alarm has its section, and every section under Alarms its alarm', () => {
  const sections = headingsIn(text, 'Alarms');
  expect([...sections].sort()).toEqual([...new Set(alarms.map(anchorOf))].sort());
  for (const name of sections) expect(section(name).trim().length).toBeGreaterThan(100);
});

test('the mail of every alarm links to its section', () => {
  for (const alarm of alarms) {
    expect(alarm['alarm_description']).toMatch(
      new RegExp(` https://github\\.com/you/kite/blob/main/docs/operations\\.md#${anchorOf(alarm)}$`),
    );
    // One section may serve the alarms of all tables.
    expect([nameOf(alarm), nameOf(alarm).replace(/-[A-Z]\w+$/, '')]).toContain(anchorOf(alarm));
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    expect(String(alarm['alarm_description']).length).toBeLessThan(1024);
  }
});

test('the number of alarms under Costs is the number that is deployed', () => {
  expect(section('Costs')).toContain(`${new Set(alarms.map(nameOf)).size} alarms for each stage`);
});

test('the query for a message is the one that is saved', () => {
  const saved = kite.all('aws_cloudwatch_query_definition').find(({ name }) => name === 'kite/prod/message');
  expect(saved?.['query_string']).toBe(LOG_QUERIES.message);
  expect(section('What happened to a message')).toContain(LOG_QUERIES.message);
});

test('the query of the archive names existing columns', () => {
  const sql = /SELECT ([\w, ]+)\nFROM kite_prod_logs\.lines\nWHERE day .* AND (\w+) =/.exec(text);
  const columns = Object.keys(LOG_FIELDS).map((name) => name.toLowerCase());
  for (const column of [...(sql?.[1] ?? 'no query').split(', '), sql?.[2]]) expect(columns).toContain(column);
});
