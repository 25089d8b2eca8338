import { lazy, Suspense, useEffect, useState } from 'react'
import { Redirect, Route, Router, Switch, useLocation } from 'wouter'
import { useHashLocation } from 'wouter/use-hash-location'
import type { Status } from '../../../shared/models/status.ts'
import { sayProblem } from '../components/ui/toasts.ts'
import { Waiting } from '../components/ui/waiting.tsx'
import { request } from '../lib/ipc.ts'
import { hasModifier, isModalOpen, useKeys } from '../lib/shortcuts.ts'
import { useStayAwake } from '../lib/stay-awake.ts'
import { loadPages, pages } from '../routes.tsx'
import { Banners } from './banners.tsx'
import { PageBoundary } from './page-boundary.tsx'
import { PasswordAgain } from './password-again.tsx'
import { Rail } from './rail.tsx'

const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }))

const settleMs = 800

/** The window with an open vault: the rail at the left, one page, and what lies above both. */
export function Unlocked({ status }: { readonly status: Status }) {
  return (
    <Router hook={useHashLocation}>
      <Shell status={status} />
      <PasswordAgain />
    </Router>
  )
}

function Shell({ status }: { readonly status: Status }) {
  const [location, go] = useLocation()
  const [palette, setPalette] = useState(false)
  useStayAwake()
  useEffect(() => {
    const settled = setTimeout(loadPages, settleMs)
    return () => clearTimeout(settled)
  }, [])
  useEffect(() => {
    document.title = status.pendingApprovals > 0 ? `(${status.pendingApprovals}) Clawkeep` : 'Clawkeep'
  }, [status.pendingApprovals])

  useKeys((event) => {
    if (!hasModifier(event)) return
    const page = /^[1-6]$/.test(event.key) ? pages[Number(event.key) - 1] : undefined
    // Leaving the page would take a dialog along, and with it perhaps a key or words that are shown only once.
    const isCovered = isModalOpen()
    if (event.key === 'l') lock()
    else if (event.key === 'k' && (palette || !isCovered)) setPalette(!palette)
    else if (page !== undefined && !isCovered) go(page.path)
    else return
    event.preventDefault()
  })

  return (
    <div className="flex h-full">
      <Rail status={status} location={location} onSearch={() => setPalette(true)} onLock={lock} />
      <div className="flex min-w-0 flex-1 flex-col">
        <Banners status={status} location={location} />
        <main className="flex min-h-0 flex-1 flex-col">
          <Switch>
            {pages.map(({ path, title, Page }) => (
              <Route key={path} path={`${path}/*?`}>
                <PageBoundary key={path} title={title}>
                  <Suspense fallback={<Waiting what={`Opening ${title}`} />}>
                    <Page />
                  </Suspense>
                </PageBoundary>
              </Route>
            ))}
            <Redirect to="/approvals" replace />
          </Switch>
        </main>
      </div>
      {palette && (
        <Suspense>
          <CommandPalette status={status} onClose={() => setPalette(false)} onLock={lock} />
        </Suspense>
      )}
    </div>
  )
}

function lock(): void {
  request('vault.lock').catch(sayProblem)
}
