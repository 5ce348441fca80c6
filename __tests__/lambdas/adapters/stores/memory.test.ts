import { createMemoryStores } from '../../../memory/stores';
import { storeContract } from './contract';

describe('stores in memory', () => {
  storeContract(async (clock) => createMemoryStores(clock));
});
