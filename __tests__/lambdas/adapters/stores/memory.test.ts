import { createMemoryStores } from '../../../../lambdas/adapters/memory/stores';
import { storeContract } from './contract';

describe('stores in memory', () => {
  storeContract(async (clock) => createMemoryStores(clock));
});
