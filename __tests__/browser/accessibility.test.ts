import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { plainPng } from '../../emulators/telegram/image';
import { refuseMessages, type TestRefusal } from './refusing-server';
import { setScene } from './scene';

jest.setTimeout(60_000);

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Resolves when nothing moves or fades any more, the widget's own tree included, but for what does so without end. */
async function stillness(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const trees = (root: Document | ShadowRoot): (Document | ShadowRoot)[] => [
      root,
      ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? trees(shadowRoot) : [])),
    ];
    const ending = trees(document)
      .flatMap((root) => root.getAnimations())
      .filter(({ effect }) => effect?.getComputedTiming().iterations !== Infinity);
    // A canceled one has ended as well.
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
}

/** What axe-core finds wrong, one line each. Its rules cover WCAG 2.2 AA and its best practices. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  await stillness(page);
  const { violations: found } = await page.evaluate(() =>
    (window as unknown as { axe: { run: (context: Document) => Promise<AxeResults> } }).axe.run(document),
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}

describe.each(['light', 'dark'] as const)('in %s colors axe-core finds nothing wrong', (colorScheme) => {
  const scene = setScene({ colorScheme });

  test('with the demo website, the open and closed widget, and the console', async () => {
    const visitor = await scene.visitor();
    expect(await violations(visitor.page)).toEqual([]);

    await visitor.open();
    await visitor.attach({ name: 'photo.png', mimeType: 'image/png', buffer: plainPng(120, 80) });
    expect(await violations(visitor.page)).toEqual([]);
    await visitor.write('Hello, see https://example.com/page');
    await visitor.allSent();

    const operator = await scene.operator();
    expect(await violations(operator.page)).toEqual([]);
    await operator.openTopic('Hello, see');
    await operator.write('Good day');
    await operator.attach({ name: 'list.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') });
    await operator.message('Hello, see').hover();
    expect(await violations(operator.page)).toEqual([]);
    await operator.does('Reply', 'Hello, see');
    await operator.page.getByRole('button', { name: 'Stickers' }).click();
    await operator.composer.fill('/');
    expect(await violations(operator.page)).toEqual([]);
    await operator.page.getByRole('button', { name: 'Add an operator' }).click();
    expect(await violations(operator.page)).toEqual([]);

    await visitor.page.getByRole('link', { name: 'list.pdf' }).waitFor();
    expect(await violations(visitor.page)).toEqual([]);
  });

  test('with a message that was refused, a notice, a lost connection, and a refused visitor', async () => {
    const refusals: Record<string, TestRefusal> = { 'refuse me': 502 };
    await refuseMessages(scene.context, refusals);
    const visitor = await scene.visitor();
    await visitor.page.setViewportSize({ width: 390, height: 780 });
    await visitor.open();
    await visitor.write('refuse me');
    await visitor.page.getByText('Not sent. Nobody is here').waitFor();
    await visitor.attach({ name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) });
    await visitor.page.getByText('empty.txt was not added').waitFor();
    await scene.context.setOffline(true);
    await visitor.status('You are offline');
    await scene.context.setOffline(false);
    expect(await violations(visitor.page)).toEqual([]);

    await visitor.status('We are here');
    refusals['refuse me'] = 403;
    refusals['JOIN'] = 403;
    await visitor.page.getByRole('button', { name: 'Try again' }).click();
    await visitor.status('This chat is not available now');
    expect(await violations(visitor.page)).toEqual([]);
  });
});
