import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { anchorsOf, linksOf } from '../readme/markdown';

const ROOT = resolve(__dirname, '..', '..');
const PAGES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));

test.each(PAGES)('%s: every link to a file, and to a heading in one, leads there', (page) => {
  const links = linksOf(readFileSync(join(ROOT, page), 'utf8')).filter((link) => !/^(https?|mailto):/.test(link));
  expect(links.filter((link) => !leads(page, decodeURI(link)))).toEqual([]);
});

function leads(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const file = path === '' ? join(ROOT, page) : resolve(ROOT, page, '..', path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
}
