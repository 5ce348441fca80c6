import { npmStartChat } from './npm-start';
import { chatContract } from './suite';

describe('the chat of npm start', () => {
  chatContract(npmStartChat);
});
