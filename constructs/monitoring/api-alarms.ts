import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { HttpStage } from '../api/http-stage';
import { WebSocketStage } from '../api/websocket-stage';

export interface ApiAlarmsProps {
  readonly route: AlarmRoute;
  readonly webSocket: WebSocketStage;
  readonly http: HttpStage;
}

/** Now and then a request fails that is sent again: Telegram repeats an update, a browser connects anew. */
const TOLERATED = 2;

/**
 * Alarms on both APIs of a stage: answers that are errors of ours, and frames that API Gateway could not hand to the function.
 *
 * @example
 * new ApiAlarms(scope, 'api-alarms', { route, webSocket, http });
 */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, { route, webSocket, http }: ApiAlarmsProps) {
    super(scope, id);
    const { stage } = route;
    new Alarm(this, 'http', {
      route,
      name: 'http-5xx',
      meaning: `The HTTP API of ${stage} answered several requests with 5xx: operators' updates are late, or links to files fail.`,
      remedy: `Look for status 5xx in the API's log, and at the function's log.`,
      measure: { kind: 'metric', metric: http.metric('5xx', 'Sum') },
      limit: { above: TOLERATED },
    });
    new Alarm(this, 'websocket', {
      route,
      name: 'websocket-errors',
      meaning: `API Gateway could not call the function for several frames from visitors of ${stage}, or could not use its response.`,
      remedy: `Look for error and integrationError in the API's log.`,
      // Not IntegrationError: it counts every 4xx answer, so anyone can raise it with handshakes that the function refuses.
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
      measure: { kind: 'metric', metric: webSocket.metric('ExecutionError', 'Sum') },
      limit: { above: TOLERATED },
    });
  }
}
