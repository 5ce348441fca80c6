import type { RouteDefinition } from './definition';

/** A route that serves a request, with the values of its path variables. */
export interface MatchedRoute {
  readonly route: RouteDefinition;
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds the route of an HTTP API for a method and a decoded path without the stage.
 *
 * The most specific one wins: a full match, then one with path variables, then one with a greedy variable (`{proxy+}`),
 * the longer first, each by its own method before `ANY`; `$default` takes what is left.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function matchRoute(routes: readonly RouteDefinition[], method: string, path: string): MatchedRoute | undefined {
  let best: { match: MatchedRoute; rank: number } | undefined;
  for (const route of routes) {
    const [routeMethod, template] = route.routeKey.split(' ', 2);
    if (template === undefined || (routeMethod !== method && routeMethod !== 'ANY')) continue;
    const parameters = matchTemplate(template, path);
    if (!parameters) continue;
    const rank = specificity(template) * 2 + (routeMethod === 'ANY' ? 0 : 1);
    const pathParameters = Object.keys(parameters).length > 0 ? parameters : undefined;
    if (!best || rank > best.rank) best = { match: { route, pathParameters }, rank };
  }
  if (best) return best.match;
  const fallback = routes.find((route) => route.routeKey === '$default');
  return fallback && { route: fallback, pathParameters: undefined };
}

function matchTemplate(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const greedy = /^\{([^}]+)\+\}$/.exec(segment)?.[1];
    const rest = given.slice(index).join('/');
    if (greedy !== undefined) {
      if (given.length <= index || rest === '') return undefined;
      parameters[greedy] = rest;
      return parameters;
    }
    const value = given[index];
    const name = /^\{([^}]+)\}$/.exec(segment)?.[1];
    if (value === undefined || (name === undefined ? value !== segment : value === '')) return undefined;
    if (name !== undefined) parameters[name] = value;
  }
  return given.length === wanted.length ? parameters : undefined;
}

/** Higher is more specific. Segments count only among templates of one kind. */
function specificity(template: string): number {
  const segments = template.split('/').length;
  if (template.includes('+}')) return segments;
  return (template.includes('{') ? 10_000 : 20_000) + segments;
}
