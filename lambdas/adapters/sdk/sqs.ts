/** What Kite uses of SQS's SDK: loaded with the first item; what is not named here is left out of the build. */
export { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
