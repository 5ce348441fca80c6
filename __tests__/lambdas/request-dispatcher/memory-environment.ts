import type { DispatcherEnvironment } from '../../../lambdas/adapters/environment';
import type { Settings } from '../../../lambdas/chat/ports';

/** The environment of a request dispatcher whose ports are given: of AWS it names what nobody asks for. */
export function memoryEnvironment(
  settings: Settings,
  telegramApiRoot: string,
  logLevel: DispatcherEnvironment['logLevel'],
): DispatcherEnvironment {
  const unused = 'unused';
  return {
    ...settings,
    botTokenParameter: unused,
    telegramApiRoot,
    logLevel,
    channelsTable: unused,
    membersTable: unused,
    connectionsTable: unused,
    messagesTable: unused,
    filesBucket: unused,
    deliveryQueueUrl: unused,
    websocketCallbackUrl: 'https://unused.example',
  };
}
