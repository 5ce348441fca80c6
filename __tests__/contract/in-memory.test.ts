import { inMemoryChat } from './in-memory';
import { chatContract } from './suite';

describe('the chat on ports in memory', () => {
  chatContract(inMemoryChat);
});
