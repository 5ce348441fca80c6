import { SANDBOX_BOTS, type Sandbox } from '../../local/sandbox/sandbox';
import type { ChatUnderTest } from './driver';
import { remoteChat } from './remote';

/** What was deployed into a sandbox that serves, as the contract suite sees it. The sandbox stays as it is afterwards. */
export function sandboxChat(sandbox: Sandbox, stage: 'dev' | 'prod'): ChatUnderTest {
  return remoteChat({
    websocketUrl: `ws://localhost:${sandbox.port}/${stage}`,
    apiUrl: `http://localhost:${sandbox.port}/${stage}`,
    telegram: sandbox.telegram,
    bot: SANDBOX_BOTS[stage].username,
  });
}
