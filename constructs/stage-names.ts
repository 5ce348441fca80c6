/** The names by which a stage's parts are found from outside: by the build projects, the buildspecs and the sandbox. */
export function requestDispatcherName(stage: string): string {
  return `${stage}-request-dispatcher`;
}

export function lifecycleHandlerName(stage: string): string {
  return `${stage}-lifecycle-handler`;
}

/** The parameter that holds the stage's bot token, for example `/kite/dev/telegram-bot-token`. */
export function botTokenParameter(prefix: string, stage: string): string {
  return `/${prefix}/${stage}/telegram-bot-token`;
}

/** The parameter that holds the token for Cloudflare's API. */
export function cloudflareTokenParameter(prefix: string): string {
  return `/${prefix}/cloudflare-api-token`;
}

/** The stages there are: `dev` always, `prod` if asked for. */
export function stageNames(prodStage: boolean): string[] {
  return prodStage ? ['dev', 'prod'] : ['dev'];
}
