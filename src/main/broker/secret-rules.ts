import { isIP } from 'node:net'
import { AppError } from '../../shared/app-error.ts'
import type { ItemOverview } from '../../shared/models/item.ts'
import type { NetworkException } from '../../shared/models/policy.ts'
import { hostFits } from '../policy/host-pattern.ts'

/**
 * Whether the secret of an item may be sent to this address: its hosts name it (a host without a port means the usual
 * port), and the way there is encrypted or opened on purpose. Throws AppError refused that says what to change.
 */
export function mayReceive(item: ItemOverview, url: URL, exception: NetworkException | null): void {
  if (item.hosts.length === 0) {
    throw new AppError('refused', `The item “${item.name}” may not be sent anywhere: it has no hosts.`, {
      hint: `The person can add ${url.host} to its hosts in Clawkeep, under Keys.`,
    })
  }
  if (!item.hosts.some((host) => fits(host, url))) {
    throw new AppError('refused', `The item “${item.name}” may not be sent to ${url.host}.`, {
      // Not the hosts it may go to: an asker that guesses names must not learn more from a refusal.
      hint: `The person can add ${url.host} to its hosts in Clawkeep, under Keys.`,
    })
  }
  if (url.protocol !== 'https:' && exception === null) {
    throw new AppError('refused', 'A secret is never sent over http, which others on the network can read.', {
      hint: `Use https://${url.host}.`,
    })
  }
}

function fits(host: string, url: URL): boolean {
  // A name such as `*.0.0.1` must not stand for an address.
  if (host.startsWith('*.') && isIP(url.hostname) !== 0) return false
  try {
    return hostFits(host, url, 'usual-port')
  } catch {
    return false
  }
}
