import { texts } from '../attributes';
import { Rule } from '../rule';

/** The whole internet, in both versions of IP. */
const EVERYWHERE = ['0.0.0.0/0', '::/0'];

export const REACH_RULES = [
  {
    name: 'not-open-to-the-internet',
    reason: 'Kite is reachable only through API Gateway and signed links to files',
    source: 'FSBP EC2.18',
    remedy: 'name the addresses that it is meant for.',
    of: ['*'],
    problem: ({ attributes }) => {
      const open = texts(attributes).find(({ text }) => EVERYWHERE.some((range) => text.includes(range)));
      return open && `its ${open.path} is open to ${open.text}`;
    },
  },
] as const satisfies readonly Rule[];
