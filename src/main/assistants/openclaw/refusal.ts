import { AppError } from '../../../shared/app-error.ts'

/** What a gateway's refusal of a chat means, and what to do; `name` is the assistant's. */
export function chatRefusal(name: string, status: number): AppError {
  if (status === 401 || status === 403) {
    return new AppError('unavailable', `The token is wrong: ${name} does not accept Clawkeep's.`, {
      hint: 'Its configuration must use token authentication from OPENCLAW_GATEWAY_TOKEN (gateway.auth.mode "token", no gateway.auth.token).',
    })
  }
  if (status === 405 || status === 404) {
    return new AppError('unavailable', `The chat interface of ${name} is off.`, {
      hint: 'Set gateway.http.endpoints.chatCompletions.enabled to true in its openclaw.json and restart it.',
    })
  }
  if (status === 429 || status === 503)
    return new AppError('unavailable', `${name} is busy or still starting.`, { hint: 'Try again in a moment.' })
  return new AppError('unavailable', `${name} answered with HTTP ${status}.`, { hint: 'Its log says more.' })
}
