import { plainPng } from '../../emulators/telegram/image';
import { setScene } from './scene';

jest.setTimeout(60_000);

describe('the chat of npm start, in a browser', () => {
  const scene = setScene();

  test('visitor and operator write to each other', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Do you ship to Lviv?');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('Do you ship to Lviv?');
    await operator.write('Yes, we do.');
    await visitor.sees('Yes, we do.');
    await visitor.write('Thank you!');
    await operator.sees('Thank you!');
    expect(await visitor.texts()).toEqual(['Do you ship to Lviv?', 'Yes, we do.', 'Thank you!']);
  });

  test('two visitors are kept apart, and each has a topic', async () => {
    const other = await scene.browser.newContext();
    const [first, second] = [await scene.visitor(), await scene.visitor(other)];
    await first.open();
    await second.open();
    await first.write('I am the first');
    await second.write('I am the second');
    const operator = await scene.operator();
    await operator.openTopic('I am the first');
    await operator.write('Hello, first');
    await operator.openTopic('I am the second');
    await operator.write('Hello, second');
    await first.sees('Hello, first');
    await second.sees('Hello, second');
    expect(await first.texts()).toEqual(['I am the first', 'Hello, first']);
    expect(await second.texts()).toEqual(['I am the second', 'Hello, second']);
    await other.close();
  });

  test('a picture goes to the operator and a document to the visitor', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.attach({ name: 'broken.png', mimeType: 'image/png', buffer: plainPng(200, 120) });
    await visitor.write('It arrived like this');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('It arrived like this');
    const picture = operator.page.locator('article img');
    await picture.waitFor();
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(
      200,
    );

    await operator.attach({
      name: 'return form.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7 form'),
    });
    const link = visitor.page.getByRole('link', { name: 'return form.pdf' });
    await link.waitFor();
    const body = await visitor.page.evaluate(
      async (url) => (await fetch(url)).text(),
      (await link.getAttribute('href'))!,
    );
    expect(body).toBe('%PDF-1.7 form');
  });

  test('a file can be dropped and pasted; an empty one is refused at once, one of a wrong type by the server', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    const give = (event: 'drop' | 'paste', name: string, type: string): Promise<void> =>
      visitor.page.evaluate(
        ([kind, fileName, fileType]) => {
          const data = new DataTransfer();
          data.items.add(new File(fileName!.startsWith('empty') ? [] : ['GIF89a'], fileName!, { type: fileType! }));
          const shadow = document.querySelector('kite-chat')!.shadowRoot!;
          const init = { bubbles: true, cancelable: true };
          if (kind === 'drop')
            shadow.querySelector('.panel')!.dispatchEvent(new DragEvent('drop', { ...init, dataTransfer: data }));
          else
            shadow
              .querySelector('textarea')!
              .dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
        },
        [event, name, type],
      );
    await give('drop', 'dropped.gif', 'image/gif');
    await give('paste', 'pasted.gif', 'image/gif');
    await give('drop', 'empty.gif', 'image/gif');
    await visitor.page.getByText('empty.gif was not added').waitFor();
    expect(await visitor.page.locator('kite-chat .pending li').allInnerTexts()).toEqual(['dropped.gif', 'pasted.gif']);
    await visitor.page.getByRole('button', { name: 'Remove pasted.gif' }).click();
    await visitor.page.getByRole('button', { name: 'Send' }).click();
    await visitor.allSent();
    expect(await visitor.page.locator('kite-chat .picture').count()).toBe(1);
    await give('drop', 'virus.exe', 'application/x-msdownload');
    await visitor.page.getByRole('button', { name: 'Send' }).click();
    await visitor.page.getByText('Not sent. Files of this type cannot be sent.').waitFor();
  });

  test('the history is there after a reload, and what came meanwhile', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Before the reload');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('Before the reload');
    const joins: unknown[][] = [];
    visitor.page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const frame = JSON.parse(String(payload)) as unknown[];
        if (frame[0] === 'JOIN') joins.push(frame);
      }),
    );
    await visitor.page.goto('about:blank');
    await operator.write('While you were away');
    await visitor.page.goto(scene.chat.url);
    await visitor.page.locator('kite-chat .badge').waitFor();
    expect(await visitor.launcher.getAttribute('aria-label')).toBe('Open chat, unread messages: 1');
    await visitor.open();
    await visitor.sees('While you were away');
    await visitor.write('I am back');
    await visitor.allSent();
    await visitor.page.reload();
    await visitor.open();
    await visitor.sees('I am back');
    expect(await visitor.texts()).toEqual(['Before the reload', 'While you were away', 'I am back']);
    await visitor.write('Once more');
    await visitor.allSent();
    // With the id of the operator's message, as soon as this browser has it.
    expect([joins[0]?.length, joins.at(-1)?.length]).toEqual([4, 5]);
    expect(await visitor.page.locator('kite-chat .badge').count()).toBe(0);
  });

  test('two tabs are one visitor and show the same', async () => {
    const first = await scene.visitor();
    await first.open();
    await first.write('From the first tab');
    await first.allSent();
    const second = await scene.visitor();
    await second.open();
    await second.sees('From the first tab');
    await second.write('From the second tab');
    await second.allSent();
    await first.sees('From the second tab');
    const operator = await scene.operator();
    await operator.openTopic('From the second tab');
    await operator.write('To both');
    await Promise.all([first.sees('To both'), second.sees('To both')]);
    const expected = ['From the first tab', 'From the second tab', 'To both'];
    expect(await first.texts()).toEqual(expected);
    expect(await second.texts()).toEqual(expected);
  });

  test('a tab that was closed leaves nothing unsent', async () => {
    const first = await scene.visitor();
    const second = await scene.visitor();
    await first.open();
    await first.status('We are here');
    await first.page.evaluate(() => dispatchEvent(new Event('offline')));
    await first.write('Written offline, then closed');
    await first.stored('Written offline, then closed');
    await first.page.close();
    await second.open();
    await second.sees('Written offline, then closed');
    await second.allSent();
    const operator = await scene.operator();
    await operator.openTopic('Written offline, then closed');
  });

  test('a server restarted in mid-conversation loses and doubles nothing', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Before the restart');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('Before the restart');
    await operator.write('answer one');
    await visitor.sees('answer one');
    await scene.chat.end();
    await visitor.status('Connection lost');
    await visitor.write('During the restart');
    await visitor.write('Still during it');
    await scene.chat.run();
    await visitor.allSent();
    await operator.sees('Still during it');
    await operator.write('answer two');
    await visitor.sees('answer two');
    expect(await visitor.texts()).toEqual([
      'Before the restart',
      'answer one',
      'During the restart',
      'Still during it',
      'answer two',
    ]);
    expect(await operator.texts()).toEqual([
      'Before the restart',
      'answer one',
      'During the restart',
      'Still during it',
      'answer two',
    ]);
  });

  test('what is written offline goes when the network is back, in order', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('still online');
    await visitor.allSent();
    await scene.context.setOffline(true);
    await visitor.status('You are offline');
    await visitor.write('first offline');
    await visitor.write('second offline');
    expect(await visitor.page.locator('kite-chat .message.sending').count()).toBe(2);
    await scene.context.setOffline(false);
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('second offline');
    expect(await operator.texts()).toEqual(['still online', 'first offline', 'second offline']);
  });

  test('everything can be done by keyboard', async () => {
    const visitor = await scene.visitor();
    const { page } = visitor;
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => {
        const element = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
        return element?.getAttribute('aria-label') ?? element?.textContent?.trim();
      });
    for (let presses = 0; (await focused()) !== 'Open chat' && presses < 20; presses += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await visitor.composer.waitFor();
    expect(await focused()).toBe('Write a message');
    await page.keyboard.type('Hello');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('from the keyboard');
    await page.keyboard.press('Enter');
    await visitor.allSent();
    expect(await visitor.texts()).toEqual(['Hello\nfrom the keyboard']);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Send');
    for (const name of ['Write a message', 'Attach files', 'Messages', 'Close chat']) {
      await page.keyboard.press('Shift+Tab');
      expect(await focused()).toBe(name);
    }
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Open chat');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test('an operator corrects, answers, and uses commands and buttons', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('How much is it?');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.openTopic('How much is it?');
    await operator.does('Reply', 'How much is it?');
    await operator.write('It costs 20');
    await visitor.sees('It costs 20');
    await operator.does('Edit', 'It costs 20');
    await operator.composer.fill('It costs 30');
    await operator.composer.press('Enter');
    await visitor.sees('It costs 30');

    await operator.openGroup('Kite support');
    await operator.composer.fill('/inf');
    await operator.page.getByRole('button', { name: '/info' }).click();
    await operator.composer.press('Enter');
    await operator.sees('kite-demo');
    await operator.write('/drop');
    const buttons = operator.page.locator('.keyboard button');
    await buttons.first().waitFor();
    expect(await buttons.count()).toBeGreaterThan(1);
  });

  test('a second operator answers in the same topic', async () => {
    const visitor = await scene.visitor();
    await visitor.open();
    await visitor.write('Anybody there?');
    await visitor.allSent();
    const operator = await scene.operator();
    await operator.page.getByLabel('You are').selectOption('Taras Melnyk');
    await operator.openTopic('Anybody there?');
    await operator.write('Taras here');
    await visitor.sees('Taras here');
  });

  test('the switch for topics stays where it was put while the server is slow and others write', async () => {
    const operator = await scene.operator();
    await operator.openGroup('Kite support');
    const topics = operator.page.getByRole('switch', { name: 'Topics' });
    const before = await topics.isChecked();
    let answer = (): void => undefined;
    const slow = new Promise<void>((resolve) => (answer = resolve));
    await operator.page.route('**/actions/setForum', async (route) => {
      await slow;
      await route.continue();
    });
    await topics.setChecked(!before);
    await operator.write('Meanwhile');
    expect(await topics.isChecked()).toBe(!before);
    const answered = operator.page.waitForResponse('**/actions/setForum');
    answer();
    await answered;
    await operator.write('Afterwards');
    expect(await topics.isChecked()).toBe(!before);
    await topics.setChecked(before);
    await operator.write('As it was');
    expect(await topics.isChecked()).toBe(before);
  });

  test('the switch for topics goes back when the server refuses', async () => {
    const operator = await scene.operator();
    await operator.openGroup('Kite support');
    const topics = operator.page.getByRole('switch', { name: 'Topics' });
    const before = await topics.isChecked();
    await operator.page.route('**/actions/setForum', (route) =>
      route.fulfill({ status: 400, json: { error: 'Not now.' } }),
    );
    await topics.click();
    await operator.page.getByText('Not now.', { exact: true }).waitFor();
    await operator.page.getByRole('switch', { name: 'Topics', checked: before }).waitFor();
  });

  test('without topics an operator answers by replying, and the right visitor gets it', async () => {
    const other = await scene.browser.newContext();
    const [first, second] = [await scene.visitor(), await scene.visitor(other)];
    const operator = await scene.operator();
    await operator.openGroup('Kite support');
    await operator.page.getByRole('switch', { name: 'Topics' }).uncheck();
    await first.open();
    await first.write('Is it red?');
    await second.open();
    await second.write('Is it blue?');
    await operator.sees('Is it blue?');
    await operator.does('Reply', 'Is it red?');
    await operator.write('Yes, red');
    await first.sees('Yes, red');
    await operator.does('Reply', 'Is it blue?');
    await operator.write('Yes, blue');
    await second.sees('Yes, blue');
    expect(await first.texts()).toEqual(['Is it red?', 'Yes, red']);
    expect(await second.texts()).toEqual(['Is it blue?', 'Yes, blue']);
    await other.close();
  });
});
