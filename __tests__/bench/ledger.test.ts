import { roundTrips, type SeenRequest } from '../../bench/ledger';

const request = (startedAt: number, endedAt: number): SeenRequest => ({
  service: 'dynamodb',
  operation: 'GetItem',
  startedAt,
  endedAt,
  readUnits: 1,
  writeUnits: 0,
  bytes: 0,
  engineTime: 0,
});

test('requests made side by side are one round trip, those that wait for one another are as many as there are', () => {
  expect(roundTrips([])).toBe(0);
  expect(roundTrips([request(0, 10), request(1, 12), request(2, 9)])).toBe(1);
  expect(roundTrips([request(0, 10), request(11, 20), request(21, 30)])).toBe(3);
  // The third waits for the first alone, while the second is still under way.
  expect(roundTrips([request(0, 10), request(1, 15), request(11, 20)])).toBe(2);
});
