import type { Page } from '@playwright/test'
import { contentSecurityPolicy } from '../../src/main/window/app-files.ts'
import { expect, test } from './support/clawkeep.ts'
import { listen } from './support/listeners.ts'

// What a page can do that an attacker has taken over, by a flaw in the window or in one of its parts. Each attack runs as the
// page's own code: inside a timer, because what a debugger runs directly is excused from the content policy.

/** Every way a page has to make a request, each to the listener at `port`. */
const requests: Readonly<Record<string, string>> = {
  fetch: 'fetch(http)',
  XMLHttpRequest: 'const x = new XMLHttpRequest(); x.open("GET", http); x.send()',
  WebSocket: 'new WebSocket(http.replace("http", "ws"))',
  EventSource: 'new EventSource(http)',
  sendBeacon: 'navigator.sendBeacon(http, "x")',
  image: 'new Image().src = http',
  'style sheet': 'add("link", { rel: "stylesheet", href: http })',
  preconnect: 'add("link", { rel: "preconnect", href: http })',
  prefetch: 'add("link", { rel: "prefetch", href: http })',
  'module preload': 'add("link", { rel: "modulepreload", href: http })',
  script: 'add("script", { src: http })',
  'imported module': 'import(http)',
  worker: 'new Worker(http)',
  'shared worker': 'new SharedWorker(http)',
  'service worker': 'navigator.serviceWorker.register("/sw.js")',
  frame: 'add("iframe", { src: http })',
  object: 'add("object", { data: http })',
  embed: 'add("embed", { src: http })',
  video: 'add("video", { src: http, autoplay: "" })',
  font: 'new FontFace("x", `url(${http})`).load()',
  form: 'const f = add("form", { action: http, method: "post" }); f.submit()',
  'link with ping': 'const a = add("a", { href: "#x", ping: http }); a.click()',
  'link that downloads': 'const a = add("a", { href: http, download: "x" }); a.click()',
  navigation: 'location.href = http',
  replacement: 'location.replace(http)',
  refresh: 'add("meta", { "http-equiv": "refresh", content: `0; url=${http}` })',
  'new window': 'window.open(http)',
  'new window without a name': 'window.open(http, "_blank", "noopener")',
  'link to a new window': 'const a = add("a", { href: http, target: "_blank" }); a.click()',
  WebTransport: 'new WebTransport(http.replace("http:", "https:"))',
  'WebRTC over UDP': 'rtc(`stun:127.0.0.1:${port}`)',
  'WebRTC over TCP': 'rtc(`turn:127.0.0.1:${port}?transport=tcp`)',
}

const tools = `
  const add = (name, attributes) => {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    document.body.append(element)
    return element
  }
  const rtc = (urls) => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls, username: 'x', credential: 'x' }] })
    peer.createDataChannel('x')
    peer.createOffer().then((offer) => peer.setLocalDescription(offer))
  }`

/** Runs code in a task of the page, as the page itself would, and gives back what it left in `result`. */
function runAsPage(page: Page, code: string): Promise<unknown> {
  return page.evaluate(`new Promise((resolve) => {
    const run = async () => { let result; ${code}; return result }
    setTimeout(() => run().then(resolve, (error) => resolve('refused: ' + error)), 0)
  })`)
}

test('the page has no Node, and of Electron only two functions that it cannot replace', async ({
  clawkeep: { page },
}) => {
  expect(await runAsPage(page, 'result = 1 + 1'), 'what runs here really runs').toBe(2)
  const names = ['require', 'process', 'module', 'global', 'Buffer', 'electron', 'ipcRenderer', '__dirname']
  expect(await page.evaluate((all) => all.filter((name) => name in globalThis), names)).toEqual([])
  expect(await page.evaluate(() => Object.keys((globalThis as never as { clawkeep: object }).clawkeep).sort())).toEqual(
    ['request', 'subscribe'],
  )
  expect(
    await runAsPage(
      page,
      `window.clawkeep.request = () => 'mine'; result = String(await window.clawkeep.request('nothing', null) === 'mine')`,
    ),
  ).not.toBe('true')
  expect(
    await runAsPage(
      page,
      `window.clawkeep = { request: () => 'mine' }; result = String(await window.clawkeep.request('nothing', null) === 'mine')`,
    ),
  ).not.toBe('true')
})

test('nothing inline and nothing evaluated runs', async ({ clawkeep: { page, complaints } }) => {
  const attacks = {
    eval: 'result = eval("1 + 1")',
    Function: 'result = new Function("return 1")()',
    'text in a timer': 'setTimeout("window.ran = 1", 0)',
    'inline script':
      'const s = document.createElement("script"); s.textContent = "window.ran = 1"; document.body.append(s)',
    'data: script':
      'const s = document.createElement("script"); s.src = "data:text/javascript,window.ran=1"; document.body.append(s)',
    'blob: script':
      'const s = document.createElement("script"); s.src = URL.createObjectURL(new Blob(["window.ran = 1"])); document.body.append(s)',
    'blob: worker': 'new Worker(URL.createObjectURL(new Blob(["postMessage(1)"])))',
    'inline handler':
      'const i = document.createElement("div"); i.innerHTML = "<img src=x onerror=\\"window.ran = 1\\">"; document.body.append(i)',
    'inline style':
      'const s = document.createElement("style"); s.textContent = "body { color: rgb(1, 2, 3) }"; document.body.append(s); result = getComputedStyle(document.body).color === "rgb(1, 2, 3)"',
    'javascript: link':
      'const a = document.createElement("a"); a.href = "javascript:window.ran=1"; document.body.append(a); a.click()',
    'javascript: frame':
      'const f = document.createElement("iframe"); f.src = "javascript:parent.ran=1"; document.body.append(f)',
    WebAssembly:
      'result = await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) instanceof WebAssembly.Module',
  }
  for (const [name, code] of Object.entries(attacks)) {
    const result = await runAsPage(page, code)
    expect(
      result === undefined || result === false || (typeof result === 'string' && result.startsWith('refused')),
      `${name}: ${JSON.stringify(result)}`,
    ).toBe(true)
  }
  await page.waitForTimeout(300)
  expect(await page.evaluate(() => 'ran' in globalThis)).toBe(false)
  complaints.length = 0
})

test('the policy stands in the header of the page and of what does not exist', async ({
  clawkeep: { page, complaints },
}) => {
  for (const path of ['/', '/approvals', '/nothing.js']) {
    const headers = await page.evaluate(async (address) => Object.fromEntries((await fetch(address)).headers), path)
    expect(headers['content-security-policy']).toBe(contentSecurityPolicy)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-opener-policy']).toBe('same-origin')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  }
  complaints.length = 0
})

test('app:// gives no file but those of the page', async ({ clawkeep: { page, complaints } }) => {
  const paths = [
    '/../main/index.cjs',
    '/..%2fmain/index.cjs',
    '/%2e%2e/%2e%2e/package.json',
    '/..\\\\..\\\\package.json',
    '//etc/passwd',
    '/vault.db',
    '/.env',
  ]
  for (const path of paths) {
    const answer = await runAsPage(
      page,
      `const a = await fetch("app://clawkeep" + ${JSON.stringify(path)}); result = a.status + " " + a.headers.get("content-type")`,
    )
    expect(String(answer), path).toMatch(/^404|^refused/)
  }
  expect(String(await runAsPage(page, 'result = (await fetch("app://other/")).status'))).toMatch(/refused/)
  expect(String(await runAsPage(page, 'result = (await fetch("file:///etc/hostname")).status'))).toMatch(/refused/)
  complaints.length = 0
})

for (const policy of ['with its policy', 'even without its policy'] as const) {
  test(`a page reaches no network ${policy}, and stays where it is`, async ({
    clawkeep: { app, page, complaints },
  }) => {
    const world = await listen()
    if (policy === 'even without its policy') {
      const session = await app.context().newCDPSession(page)
      await session.send('Page.setBypassCSP', { enabled: true })
      await page.reload()
    }
    for (const code of Object.values(requests)) {
      await runAsPage(
        page,
        `${tools}; const port = ${world.port}; const http = 'http://127.0.0.1:${world.port}/x'; void (async () => { ${code} })().catch(() => 0)`,
      )
    }
    await page.waitForTimeout(2_000)
    expect(world.heard()).toEqual([])
    expect(new URL(page.url()).origin + '/').toMatch(/^(null|app:\/\/clawkeep)\/$/)
    expect(page.url().startsWith('app://clawkeep/')).toBe(true)
    expect(app.windows()).toHaveLength(1)
    await world.close()
    complaints.length = 0
  })
}

test('every permission is denied', async ({ clawkeep: { page } }) => {
  const names = [
    'geolocation',
    'notifications',
    'camera',
    'microphone',
    'clipboard-read',
    'clipboard-write',
    'midi',
    'persistent-storage',
    'local-fonts',
    'window-management',
    'idle-detection',
  ]
  for (const name of names) {
    const state = await runAsPage(
      page,
      `result = (await navigator.permissions.query({ name: ${JSON.stringify(name)} })).state`,
    )
    expect(String(state), name).toMatch(/^denied$|^refused/)
  }
  expect(String(await runAsPage(page, 'result = await navigator.mediaDevices.getUserMedia({ audio: true })'))).toMatch(
    /^refused/,
  )
  expect(
    String(await runAsPage(page, 'result = await navigator.mediaDevices.getDisplayMedia({ video: true })')),
  ).toMatch(/^refused/)
  expect(String(await runAsPage(page, 'result = await navigator.clipboard.readText()'))).toMatch(/^refused/)
  expect(await runAsPage(page, 'result = await Notification.requestPermission()')).toBe('denied')
})

test('malformed and oversized messages are refused before anything reads them', async ({ clawkeep: { page } }) => {
  const ask = (route: string, input: string): Promise<unknown> =>
    runAsPage(page, `result = (await window.clawkeep.request(${route}, ${input})).error?.code`)
  expect(await ask('"status.get"', '"x".repeat(2 * 1024 * 1024)')).toBe('too_large')
  expect(await ask('"status.get"', 'new Map([["a", 1]])')).toBe('too_large')
  expect(await ask('"status.get"', 'new Uint8Array(8)')).toBe('too_large')
  expect(await ask('"status.get"', '(() => { const a = {}; a.a = a; return a })()')).toMatch(/too_large|refused/)
  expect(await ask('7', 'null')).toBe('invalid')
  expect(await ask('"x".repeat(1000)', 'null')).toBe('invalid')
  expect(await ask('"toString"', 'null')).toBe('not_found')
  expect(await ask('"__proto__"', 'null')).toBe('not_found')
})

test('another window of this very app, with the same page and preload, is refused', async ({ clawkeep: { app } }) => {
  const answer = await app.evaluate(async ({ app: electronApp, BrowserWindow }) => {
    const [ours] = BrowserWindow.getAllWindows()
    if (ours === undefined) throw new Error('no window')
    const path = process.getBuiltinModule('node:path')
    const other = new BrowserWindow({
      show: false,
      webPreferences: {
        session: ours.webContents.session,
        sandbox: true,
        preload: path.join(electronApp.getAppPath(), 'out/preload/index.cjs'),
      },
    })
    await other.loadURL('app://clawkeep/')
    const result = (await other.webContents.executeJavaScript(`window.clawkeep.request('status.get', null)`)) as unknown
    other.destroy()
    return result
  })
  expect(answer).toMatchObject({ ok: false, error: { code: 'refused' } })
})

test('a frame inside the page has no way to the main process', async ({ clawkeep: { page, complaints } }) => {
  const found = await runAsPage(
    page,
    `const f = document.createElement('iframe'); document.body.append(f); await new Promise((r) => setTimeout(r, 200)); result = typeof f.contentWindow.clawkeep`,
  )
  expect(found).toBe('undefined')
  complaints.length = 0
})
