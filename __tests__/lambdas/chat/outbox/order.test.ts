import type { ConnectionId } from '../../../../lambdas/chat/model/identifiers';
import { createVisitorSide } from '../../../../lambdas/chat/browser-side';
import { ChatFixture } from '../chat-fixture';

/** A clock on which things happen: `at` (epoch milliseconds) runs something when the time comes. */
class Agenda {
  readonly #plans: { at: number; run: () => Promise<unknown> }[] = [];

  constructor(private readonly clock: { time: number; sleep(milliseconds: number): Promise<void> }) {
    clock.sleep = (milliseconds) => this.#pass(milliseconds);
  }

  at(time: number, run: () => Promise<unknown>): void {
    this.#plans.push({ at: time, run });
    this.#plans.sort((one, other) => one.at - other.at);
  }

  async #pass(milliseconds: number): Promise<void> {
    const end = this.clock.time + milliseconds;
    for (let next = this.#plans[0]; next && next.at <= end; next = this.#plans[0]) {
      this.#plans.shift();
      this.clock.time = Math.max(this.clock.time, next.at);
      await next.run();
    }
    this.clock.time = Math.max(this.clock.time, end);
  }
}

let fixture: ChatFixture;
let agenda: Agenda;
let ann: ConnectionId;
let start: number;
beforeEach(async () => {
  fixture = await new ChatFixture().start();
  ann = await fixture.open('ann');
  await fixture.join(ann, 'ann');
  await fixture.settle();
  agenda = new Agenda(fixture.world.clock);
  start = fixture.world.clock.time;
  // Telegram takes its time.
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (...args) => {
    await fixture.world.clock.sleep(400);
    return post(...args);
  };
});

/** Ann's message reaches the gateway at one moment and the table at another, milliseconds from the start. */
function sends(text: string, { sent, stored }: { readonly sent: number; readonly stored: number }): void {
  const frame = JSON.stringify(['TXT', text, text, '2026-01-02T03:04:05Z']);
  agenda.at(start + stored, () => createVisitorSide(fixture.world).receive(ann, frame, start + sent));
}

test.each([
  ['while nothing is on its way', 0],
  ['while an earlier one is being posted', 620],
])('operators see messages in the order in which they were sent, %s', async (_when, offset) => {
  sends('one', { sent: 0, stored: 0 });
  sends('two', { sent: offset + 20, stored: offset + 150 });
  sends('three', { sent: offset + 30, stored: offset + 50 });
  await fixture.world.clock.sleep(0);
  await fixture.settle();
  expect(fixture.shown()).toEqual(['one', 'two', 'three']);
});

test('operators see a message soon, however many come after it', async () => {
  for (let i = 0; i < 20; i++) sends(`${i}`, { sent: i * 100, stored: i * 100 + 10 });
  let seen: number | undefined;
  const post = fixture.messenger.post.bind(fixture.messenger);
  fixture.messenger.post = async (...args) => {
    const posted = await post(...args);
    seen ??= fixture.world.clock.time - start;
    return posted;
  };
  await fixture.world.clock.sleep(10);
  await fixture.settle();
  expect(fixture.shown()).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
  expect(seen).toBeLessThan(1000);
});
