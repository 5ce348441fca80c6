import { Construct } from 'constructs';
import { Alarm, AlarmRoute } from './alarm';
import { HttpStage } from './http-stage';
import { WebSocketStage } from './websocket-stage';

export interface ApiAlarmsProps {
  readonly route: AlarmRoute;
  readonly webSocket: WebSocketStage;
  readonly http: HttpStage;
}

/** Now and then a request fails that is sent again: Telegram repeats an update, a browser connects anew. */
const TOLERATED = 2;

/** Alarms on both APIs of a stage: answers that are errors of ours, and frames that did not reach the function. */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, { route, webSocket, http }: ApiAlarmsProps) {
    super(scope, id);
    const { stage } = route;
    new Alarm(this, 'http', {
      route,
      name: 'http-5xx',
      meaning: `The HTTP API of ${stage} answered several requests with 5xx: updates of operators come late, or links to files fail.`,
      remedy: `Look at the API's log for status 5xx, and at the log of the function.`,
      measure: { kind: 'metric', metric: http.metric('5xx', 'Sum') },
      limit: { above: TOLERATED },
    });
    new Alarm(this, 'websocket', {
      route,
      name: 'websocket-errors',
      meaning: `The WebSocket API of ${stage} could not bring several frames of visitors to the function, or its answers back.`,
      remedy: `Look at the API's log for integrationError and error.`,
      measure: {
        kind: 'sum',
        of: [webSocket.metric('IntegrationError', 'Sum'), webSocket.metric('ExecutionError', 'Sum')],
      },
      limit: { above: TOLERATED },
    });
  }
}
