export { EmulatedAws, type EmulatedAwsOptions } from './emulated-aws';
export { findProgram, type Environment, type Program } from './program';
export { ACCOUNT_ID } from './identities';
export type { AwsCall, CallLog } from './call-log';
export type { AwsReply } from '../protocol/aws-reply';
export type { RawRequest } from '../protocol/aws-request';
export type { LogLine } from '../lambda/function-runner';
