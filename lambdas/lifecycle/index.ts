import { lifecycleEnvironment } from '../adapters/environment';
import { createLifecycleHandler } from './wiring';

/** The Lambda function `<stage>-lifecycle-handler`. */
export const handler = createLifecycleHandler(lifecycleEnvironment());
