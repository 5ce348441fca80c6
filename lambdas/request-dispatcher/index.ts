import { dispatcherEnvironment } from '../adapters/environment';
import { createRequestDispatcher } from './wiring';

/** The Lambda function `<stage>-request-dispatcher`. */
export const handler = createRequestDispatcher(dispatcherEnvironment());
