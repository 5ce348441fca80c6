/** What Kite uses of the management API's SDK: loaded with the first push; what is not named here is left out of the build. */
export {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
