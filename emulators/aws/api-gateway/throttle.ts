import type { RouteSettings, ServedRoute } from './definition';

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets as API Gateway keeps them: one per stage for the default settings, and one of its own for each route
 * that has settings.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export class Throttle {
  private readonly buckets = new Map<string, Bucket>();

  /** @param now milliseconds, from any fixed moment */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether one more request to the route is within its stage's limits; counts it if so. */
  admits({ api, stage, route }: ServedRoute): boolean {
    const own = stage.routeSettings?.[route.routeKey];
    const settings: RouteSettings | undefined = own ?? stage.defaultRouteSettings;
    const { throttlingBurstLimit: burst, throttlingRateLimit: rate } = settings ?? {};
    if (burst === undefined && rate === undefined) return true;

    const capacity = burst ?? rate ?? 0;
    const key = [api.apiId, stage.stageName, own ? route.routeKey : ''].join(' ');
    const now = this.now();
    const bucket = this.buckets.get(key) ?? { tokens: capacity, at: now };
    const refilled = bucket.tokens + ((now - bucket.at) / 1000) * (rate ?? Number.POSITIVE_INFINITY);
    // An elapsed time of zero with an unlimited rate is not a number.
    bucket.tokens = Math.min(capacity, Number.isNaN(refilled) ? capacity : refilled);
    bucket.at = now;
    this.buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
