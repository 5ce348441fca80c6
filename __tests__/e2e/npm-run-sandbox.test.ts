import { Operators, Visitor as LocalVisitor } from '../local/start/program';
import { readme } from '../readme/readme';
import { newCheckout, removeCheckout, Typed } from '../readme/shell';
import { Visitor } from './visitor';

/** Two stacks are deployed. */
const DEPLOYED_MS = 480_000;

jest.setTimeout(DEPLOYED_MS + 60_000);

let folder: string;
let sandbox: Typed;
beforeAll(() => {
  folder = newCheckout();
  sandbox = new Typed(folder, readme('npm run sandbox'), { PORT: '0' });
});
afterAll(async () => {
  await sandbox?.interrupt();
  removeCheckout(folder);
});

test('npm run sandbox deploys both stacks, serves both stages, chats both ways in dev, and keeps nothing', async () => {
  await sandbox.prints('Ctrl-C ends it', DEPLOYED_MS);
  const [, origin = ''] = /Website\s+(http:\/\/localhost:\d+)/.exec(sandbox.output) ?? [];
  for (const stage of ['dev', 'prod']) {
    const stranger = await Visitor.connect(`${origin.replace('http', 'ws')}/${stage}?param=test`);
    expect(await stranger.ask('Hi')).toBe('OK');
    await stranger.close();
    expect(await (await fetch(`${origin}/${stage}/tg`)).text()).toBe('OK');
  }
  const operators = new Operators(origin);
  await operators.message('/host kite-demo');
  const visitor = await LocalVisitor.join(origin, 'memberid01');
  visitor.send('TXT', 'm1', 'Is this deployed?', '2026-01-01T00:00:00.000Z');
  await visitor.frame('ACK', 'm1');
  await operators.answer(await operators.message('Is this deployed?'), 'By cdktf.');
  await visitor.frame('TXT', 'By cdktf.');
  await sandbox.interrupt();
  expect(sandbox.output).toContain('Ended. Nothing is kept.');
});
