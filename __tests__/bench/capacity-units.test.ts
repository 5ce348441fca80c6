import { indexWriteUnits, itemBytes, writeUnits } from '../../bench/capacity-units';

test('an item is as big as its names and values', () => {
  expect(itemBytes({ id: { S: 'abcd' }, é: { S: 'é' } })).toBe(2 + 4 + 2 + 2);
  expect(itemBytes({ n: { N: '-12345' } })).toBe(1 + 1 + 3 + 1);
  expect(itemBytes({ t: { BOOL: true }, s: { SS: ['a', 'bc'] } })).toBe(1 + 1 + 1 + 3);
});

test('a write is a unit for each kilobyte begun, of the larger of the item before and after', () => {
  const small = { id: { S: 'x' } };
  const large = { id: { S: 'x'.repeat(1500) } };
  expect(writeUnits(undefined, small)).toBe(1);
  expect(writeUnits(large, small)).toBe(2);
  expect(writeUnits(undefined, undefined)).toBe(1);
});

test('a local index costs a write to put, change or remove an item, two to move it, and nothing for items that are not in it', () => {
  const one = { id: { S: 'x' }, at: { S: '1' } };
  expect(indexWriteUnits('at', undefined, one)).toBe(1);
  expect(indexWriteUnits('at', one, undefined)).toBe(1);
  expect(indexWriteUnits('at', one, { ...one, text: { S: 'new' } })).toBe(1);
  expect(indexWriteUnits('at', one, { ...one, at: { S: '2' } })).toBe(2);
  expect(indexWriteUnits('at', one, { ...one })).toBe(0);
  expect(indexWriteUnits('at', { id: { S: 'x' } }, { id: { S: 'x' }, done: { BOOL: true } })).toBe(0);
});
