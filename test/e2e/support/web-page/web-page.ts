import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type Page } from '@playwright/test'
import { build } from 'vite'
import { electronCommand, emptyWindow, isolatedEnvironment } from '../../../support/electron.ts'
import { playwrightLoader } from '../clawkeep.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Serves the page of page.mjs at `http://localhost:<port>`, which browsers take for another site than 127.0.0.1. */
export async function serveWebPage(): Promise<{ origin: string; close: () => Promise<void> }> {
  const script = await bundle()
  const server = createServer(({ url = '' }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(
      isScript ? script : '<!doctype html><title>Page</title><output></output><script src="/page.js"></script>',
    )
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function bundle(): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'chrome130',
      rolldownOptions: { input: join(here, 'page.mjs'), output: { format: 'iife' } },
    },
  })
  const [chunk] = [made].flat().flatMap((each) => ('output' in each ? each.output : []))
  if (chunk?.type !== 'chunk') throw new Error('The page could not be bundled')
  return chunk.code
}

/** A browser with one empty page; its profile is in `folder`. */
export async function openBrowser(folder: string): Promise<{ page: Page; close: () => Promise<void> }> {
  const { executablePath, args } = await electronCommand()
  const browser = await _electron.launch({
    executablePath,
    args: ['-r', playwrightLoader, ...args, emptyWindow],
    env: {
      ...isolatedEnvironment({ home: folder, userHome: folder }),
      EMPTY_WINDOW_PROFILE: join(folder, 'profile'),
    },
  })
  return { page: await browser.firstWindow(), close: () => browser.close() }
}
