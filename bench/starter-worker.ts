import { startFunction, startProgram } from './process-start';
import type { StartAnswer, StartOrder } from './starter';

// The process that Starter forks: it starts what it is told to, one after the other, until its parent lets go.

process.on('message', (order: StartOrder) => {
  const started =
    order.kind === 'program'
      ? startProgram(order.program, order.args)
      : startFunction(order.code, order.variables, order.event);
  const answer = (value: StartAnswer) => process.send?.(value);
  started.then(
    (start) => answer({ start }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.send?.('ready');
