import type { Locator, Page } from 'playwright-core';
import { plainPng } from '../../emulators/telegram/image';
import { LANGUAGE_TAGS, wordsFor } from '../../web/widget/view/words';
import { Visitor } from './people';
import { refuseMessages, type TestRefusal } from './refusing-server';
import { setScene } from './scene';

jest.setTimeout(90_000);

const photo = { name: 'photo.png', mimeType: 'image/png', buffer: plainPng(120, 80) };

describe('a refusal of the server', () => {
  const scene = setScene({ locale: 'en-GB' });
  const problem = ({ page }: Visitor, number = 0): Locator => page.locator('kite-chat .problem').nth(number);
  const field = ({ page }: Visitor): Locator => page.locator('kite-chat textarea');
  const notice = ({ page }: Visitor): Locator => page.locator('kite-chat .notice');

  const openIn = async (lang: string): Promise<Visitor> => {
    const visitor = await scene.visitor();
    await visitor.page.locator('kite-chat').evaluate((element, tag) => element.setAttribute('lang', tag), lang);
    await visitor.launcher.click();
    await field(visitor).waitFor();
    return visitor;
  };
  const write = async (visitor: Visitor, text: string): Promise<void> => {
    await field(visitor).fill(text);
    await field(visitor).press('Enter');
  };
  /** Everything that the widget shows and says, labels and titles included. */
  const everything = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const root = document.querySelector('kite-chat')!.shadowRoot!;
      const attributes = [...root.querySelectorAll('[title], [aria-label]')].flatMap((element) => [
        element.getAttribute('title'),
        element.getAttribute('aria-label'),
      ]);
      return [root.textContent, ...attributes].join('\n');
    });

  test.each(LANGUAGE_TAGS)('is shown in the language of the panel only: %s', async (lang) => {
    const words = wordsFor(lang);
    await refuseMessages(scene.context, {
      first: 400,
      second: 413,
      third: 502,
      'photo.png': [413, '⛔ A file of type image/png may have 1048576 bytes, this one has 9'],
    });
    const visitor = await openIn(lang);
    for (const text of ['first', 'second', 'third']) await write(visitor, text);
    await visitor.attach(photo);
    await visitor.page.locator('kite-chat .send').click();
    await problem(visitor, 3).waitFor();
    expect(await visitor.page.locator('kite-chat .problem bdi').allInnerTexts()).toEqual([
      words.failed,
      `${words.failed}. ${words.tooLong}`,
      `${words.failed}. ${words.nobody} ${words.later}`,
      `${words.failed}. ${words.tooLarge.replace('{size}', '1 MB')}`,
    ]);
    expect(await everything(visitor.page)).not.toMatch(/⛔|🚫|server|bytes/);
    // Trying again can only help the third.
    expect(await visitor.page.getByRole('button', { name: words.retry }).count()).toBe(1);
    expect(await visitor.page.getByRole('button', { name: words.discard }).count()).toBe(4);
  });

  test('for too many messages: the panel says when sending continues, and then it does', async () => {
    const refusals: Record<string, TestRefusal | undefined> = {
      'too many': [429, '⛔ Slow down: try again in 50 seconds, at 2026-01-01T00:00:00Z'],
    };
    await scene.context.clock.install({ time: new Date('2026-03-01T14:31:30') });
    await refuseMessages(scene.context, refusals);
    const visitor = await openIn('de');
    await write(visitor, 'too many');
    await visitor.status('Viele Nachrichten auf einmal: um 14:32 geht es weiter');
    refusals['too many'] = undefined;
    await scene.context.clock.fastForward(51_000);
    await visitor.allSent();
    await visitor.status('Wir sind da');
  });

  test('a banned visitor reads what happened and what to do, and can write again only after /unban', async () => {
    await scene.context.clock.install();
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('I will be banned');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('I will be banned');
    // Offline, the visitor does not notice yet.
    await visitor.page.evaluate(() => dispatchEvent(new Event('offline')));
    await operator.write('/ban');
    await operator.sees('cannot write any more');
    await visitor.write('Why?');
    await visitor.page.evaluate(() => dispatchEvent(new Event('online')));

    await visitor.status('This chat is not available now');
    await notice(visitor).getByText('You cannot write in this chat now. Please contact us in another way.').waitFor();
    expect(await problem(visitor).innerText()).toContain('Not sent');
    expect(await visitor.page.locator('kite-chat .message.sending').count()).toBe(0);
    expect(await everything(visitor.page)).not.toMatch(/⛔|channel any more/);

    // The field keeps the focus and what is in it, and takes no more.
    expect(await field(visitor).evaluate((element) => element.matches(':focus'))).toBe(true);
    await visitor.page.keyboard.type('Hello?');
    await visitor.page.keyboard.press('Enter');
    expect(await field(visitor).inputValue()).toBe('');
    await visitor.attach(photo);
    expect(await visitor.page.locator('kite-chat .pending').count()).toBe(0);
    expect(await visitor.page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
    for (const name of ['Send', 'Attach files']) {
      expect(await visitor.page.getByRole('button', { name }).getAttribute('aria-disabled')).toBe('true');
    }

    await operator.write('/unban');
    await operator.sees('can write again');
    await scene.context.clock.fastForward(65_000);
    await visitor.status('We are here');
    expect(await notice(visitor).innerText()).toBe('');
    await visitor.page.getByRole('button', { name: 'Try again' }).click();
    await visitor.allSent();
    await visitor.write('Thank you');
    await operator.sees('Thank you');
    expect((await visitor.texts()).slice(-2)).toEqual(['Why?', 'Thank you']);
  });

  test('a refused visitor keeps the unsent message over a reload, and can delete it', async () => {
    await refuseMessages(scene.context, { JOIN: 403 });
    const visitor = await openIn('uk');
    await notice(visitor).getByText(wordsFor('uk').blocked).waitFor();
    await visitor.page.evaluate(() => (document.querySelector('kite-chat') as unknown as Sender).send('From the page'));
    await problem(visitor).waitFor();
    await visitor.page.reload();
    await visitor.open();
    await problem(visitor).waitFor();
    expect(await visitor.texts()).toEqual(['From the page']);
    await visitor.page.getByRole('button', { name: 'Delete' }).click();
    expect(await visitor.texts()).toEqual([]);
  });

  test('the page gets the code and the reason of a refused message', async () => {
    await refuseMessages(scene.context, { 'refuse me': 502 });
    const visitor = await scene.visitor();
    const heard = visitor.page.evaluate(
      () =>
        new Promise<unknown>((resolve) =>
          document.addEventListener('kite-failed', (event) => resolve((event as CustomEvent).detail)),
        ),
    );
    await visitor.open();
    await visitor.write('refuse me');
    expect(await heard).toMatchObject({ text: 'refuse me', code: 502, reason: '⛔ A sentence of the server' });
  });

  test('a visitor of a channel that does not exist is told so, without a reconnect loop', async () => {
    const sockets: string[] = [];
    scene.context.on('page', (page) => page.on('websocket', (socket) => sockets.push(socket.url())));
    const visitor = await scene.visitor(scene.context, '/?c=no-such-channel');
    await visitor.open();
    await visitor.write('Hello?');
    await visitor.status('This chat is not available now');
    await problem(visitor).waitFor();
    await notice(visitor).getByText('You cannot write in this chat now').waitFor();
    await visitor.page.waitForTimeout(2000);
    expect(sockets.map((url) => new URL(url).search)).toEqual(['?c=no-such-channel', '']);
  });
});

interface Sender {
  send(text: string): string;
}
