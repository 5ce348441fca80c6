import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildWidget } from '../../../web/widget/build';

describe('the built widget', () => {
  let folder: string;
  let gzipped: number;
  let code: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kite-widget-'));
    ({ gzipped } = await buildWidget(folder));
    code = readFileSync(join(folder, 'kite-chat.js'), 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('is one file and its description', () => {
    expect(readdirSync(folder).sort()).toEqual(['custom-elements.json', 'kite-chat.js']);
    const { schemaVersion, modules } = JSON.parse(readFileSync(join(folder, 'custom-elements.json'), 'utf8')) as {
      schemaVersion: string;
      modules: { declarations: { tagName: string }[] }[];
    };
    expect([schemaVersion, modules[0]?.declarations[0]?.tagName]).toEqual(['1.0.0', 'kite-chat']);
  });

  test('is under 30 KB gzipped', () => {
    expect(gzipped).toBeLessThan(30 * 1024);
  });

  test('loads nothing from elsewhere', () => {
    expect(code).not.toMatch(/\bimport\s*[("'{*]|@import|<script|@font-face/);
  });

  test('gives the same bytes from the same source', async () => {
    await buildWidget(folder);
    expect(readFileSync(join(folder, 'kite-chat.js'), 'utf8')).toBe(code);
  });
});
