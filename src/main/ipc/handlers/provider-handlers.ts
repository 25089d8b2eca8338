import type { Handlers } from '../router.ts'
import { person } from './askers.ts'
import type { Core } from './core.ts'

type ProviderRoutes = 'provider.get' | 'provider.set' | 'provider.remove'

export function providerHandlers({ audit, provider }: Core): Pick<Handlers, ProviderRoutes> {
  return {
    'provider.get': () => provider.view(),
    'provider.set': (input, caller) =>
      audit.around({ kind: 'settings.set', asker: person(caller) }, async () => {
        await provider.set(input)
        return provider.view()
      }),
    'provider.remove': (_input, caller) =>
      audit.around({ kind: 'settings.set', asker: person(caller) }, async () => {
        provider.remove()
        return null
      }),
  }
}
