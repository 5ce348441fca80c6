import { Sandbox, SANDBOX_BOTS } from '../../local/sandbox/sandbox';
import { buildZips, succeeded, uploadZips, zipsOf } from '../../local/sandbox/steps';
import { remoteChat } from '../contract/remote';
import { chatContract } from '../contract/suite';

jest.setTimeout(300_000);
describe('sandbox', () => {
  chatContract(async () => {
    await buildZips(zipsOf('native'));
    const sandbox = await Sandbox.start({ environment: process.env, settings: { PROD_STAGE: 'false' } });
    await succeeded('bootstrap', sandbox.bootstrap());
    await succeeded('kite-build', sandbox.deploy('kite-build'));
    await uploadZips(sandbox, zipsOf('native'));
    await succeeded('kite-stack', sandbox.deploy('kite-stack'));
    await sandbox.serve();
    return remoteChat({
      websocketUrl: `ws://localhost:${sandbox.port}/dev`,
      apiUrl: `http://localhost:${sandbox.port}/dev`,
      telegram: sandbox.telegram,
      bot: SANDBOX_BOTS.dev.username,
      close: () => sandbox.stop(),
    });
  });
});
