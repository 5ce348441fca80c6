import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { keyAttributes, TABLE_SCHEMAS, tableName } from '../../constructs/storage/table-schemas';

describe('TABLE_SCHEMAS', () => {
  it('name tables and keys', () => {
    expect(TABLE_SCHEMAS.map(({ noun }) => tableName('prod', noun))).toEqual([
      'prod.Channels',
      'prod.Members',
      'prod.Connections',
      'prod.Messages',
    ]);
    expect(TABLE_SCHEMAS.map(keyAttributes)).toEqual([['id'], ['id'], ['id'], ['conversation', 'id', 'at']]);
  });

  it('can be had without loading cdktf, which takes a second', () => {
    const file = path.resolve(__dirname, '../../constructs/storage/table-schemas.ts');
    const script = `require(${JSON.stringify(file)}); console.log(Object.keys(require.cache).filter((name) => /node_modules.(cdktf|constructs|@cdktf)/.test(name)).length)`;
    const loaded = execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' });
    expect(loaded.trim()).toBe('0');
  });
});
