/**
 * The AWS that a stage's functions need, embedded in one process for `npm start`: DynamoDB (dynalite), an SQS FIFO queue
 * with its Lambda event source, an S3 subset and SSM parameters, behind one endpoint and for the real AWS SDK.
 *
 * ```typescript
 * const cloud = await EmbeddedCloud.start({ stage: 'dev', folder: '.kite', origin: 'http://localhost:3000', ... });
 * createServer((request, response) => cloud.handleRequest(request, response) || ...);   // at that origin
 * const source = cloud.deliver((event) => handler(event));                              // the delivery queue
 * ```
 * The functions' environment is `cloud.functionVariables`.
 */
export { EmbeddedCloud, type EmbeddedCloudOptions } from './embedded-cloud';
export type { EventSource } from './lambda/event-source';
export { errorCode, errorText, Failure } from '../failure';
