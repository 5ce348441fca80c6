import { Operators, Visitor as LocalVisitor } from '../../local/start/program';
import { readme } from '../../readme/readme';
import { newCheckout, removeCheckout, Typed } from '../../readme/shell';
import { Visitor } from '../visitor';

const NOW = '2026-01-01T00:00:00.000Z';

/** `npm start` with a DynamoDB that runs already: a visitor and an operator chat. */
export async function chatThrough(endpoint: string): Promise<void> {
  const folder = newCheckout();
  const line = readme('AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000 npm start');
  const program = new Typed(folder, line.replace('http://localhost:8000', endpoint), { PORT: '0' });
  try {
    await program.prints('Ctrl-C ends it');
    const [, origin = ''] = /Webhook\s+(http:\/\/localhost:\d+)\/dev\/tg/.exec(program.output) ?? [];
    const stranger = await Visitor.connect(`${origin.replace('http', 'ws')}/dev?c=kite-demo`);
    expect(await stranger.ask('Hi')).toBe('OK');
    await stranger.close();

    const operators = new Operators(origin);
    // The group hosts the demo channel: `/host kite-demo` is among its messages.
    await operators.message('/host kite-demo');
    const visitor = await LocalVisitor.join(origin, 'memberid01');
    visitor.send('TXT', 'm1', 'Is it kept in DynamoDB?', NOW);
    await visitor.frame('ACK', 'm1');
    await operators.answer(await operators.message('Is it kept in DynamoDB?'), 'In the one you started.');
    await visitor.frame('TXT', 'In the one you started.');
  } finally {
    await program.interrupt();
    removeCheckout(folder);
  }
  expect(program.output).toContain('Ended. The data is kept.');
}
