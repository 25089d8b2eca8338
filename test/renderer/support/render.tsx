import { QueryClientProvider } from '@tanstack/react-query'
import { cleanup, configure, render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import type { ReactElement } from 'react'
import { Router } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import { Toaster } from '../../../src/renderer/src/components/ui/toaster.tsx'
import { createQueryClient, followChanges } from '../../../src/renderer/src/lib/query-client.ts'
import type { TestBridge } from './bridge.ts'

// A busy machine takes seconds to load a page's modules; nothing waits longer for that when it is there.
configure({ asyncUtilTimeout: 10_000 })

/** Puts the bridge where the preload puts it. */
export function putBridge(bridge: TestBridge): TestBridge {
  Object.defineProperty(window, 'clawkeep', { value: bridge, configurable: true })
  return bridge
}

/** Renders a part of the window over a bridge, at an address, with the user who works with it. */
export function show(
  part: ReactElement,
  bridge: TestBridge | null,
  path = '/approvals',
  { toaster = true }: { readonly toaster?: boolean } = {},
) {
  cleanup()
  if (bridge === null) Object.defineProperty(window, 'clawkeep', { value: undefined, configurable: true })
  else putBridge(bridge)
  window.location.hash = path
  const client = createQueryClient()
  followChanges(client)
  render(
    <QueryClientProvider client={client}>
      <Router hook={useHashLocation}>
        {part}
        {toaster && <Toaster />}
      </Router>
    </QueryClientProvider>,
  )
  return userEvent.setup()
}

/** happy-dom lays nothing out: without this a virtual list believes that it has no room for a single row. */
export function giveRoom(): void {
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { value: 600, configurable: true })
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { value: 800, configurable: true })
}
