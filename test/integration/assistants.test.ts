import { createServer as createHttpServer } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type AssistantsHome, openAssistants, say } from '../support/assistants.ts'
import { containersOf, docker, dockerJson, inspect, runInside } from '../support/docker-api.ts'
import { codeOfPromise } from '../support/error-code.ts'

const mib = 1024 * 1024
let home: AssistantsHome
let ada: Assistant

beforeAll(async () => {
  home = await openAssistants({ timings: { measureEveryMs: 300 } })
  await home.supervisor.reconcile()
  const made = await home.supervisor.create({ name: 'ada', image: 'demo', memoryMiB: 256 })
  ada = await home.supervisor.start(made.id)
})
afterAll(() => home?.cleanup())

const container = (): string => ada.containerId ?? ''

/** Where alone the token may be: in the environment of the gateway's process. */
async function gatewayToken(): Promise<string> {
  const script = `const fs = require('fs')
    for (const pid of fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)) {
      try {
        const entry = fs.readFileSync('/proc/' + pid + '/environ', 'utf8').split('\\0').find((text) => text.startsWith('OPENCLAW_GATEWAY_TOKEN='))
        if (entry) console.log(entry.split('=')[1])
      } catch {}
    }`
  return (await runInside(container(), script)).trim()
}

describe('a started assistant', () => {
  test('is running, was told of along the way, and its changes are in the audit log', async () => {
    expect(ada).toMatchObject({ state: 'running', message: null, exitCode: null, restarts: 0 })
    await home.audit.flush()
    const kinds = home.audit
      .list({ limit: 100 })
      .entries.filter((entry) => entry.target === ada.id)
      .map((entry) => `${entry.kind} ${entry.phase}`)
    expect(kinds.toReversed()).toEqual([
      'assistant.create open',
      'assistant.create close',
      'assistant.start open',
      'assistant.start close',
    ])
  })

  test('has every limit that docker inspect can show', async () => {
    const { Config, HostConfig, Mounts, NetworkSettings } = await inspect(container())
    expect(Config.User).toBe('1000:1000')
    expect(HostConfig).toMatchObject({
      Memory: 256 * mib,
      MemorySwap: 256 * mib,
      PidsLimit: 256,
      CapAdd: [],
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      ReadonlyRootfs: true,
      Privileged: false,
      NetworkMode: 'none',
      IpcMode: 'private',
      Init: true,
      Binds: [],
      PublishAllPorts: false,
      PidMode: '',
      UTSMode: '',
      Tmpfs: { '/tmp': 'rw,noexec,nosuid,nodev,size=64m' },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
    })
    expect(HostConfig['NanoCpus']).toBeGreaterThan(0)
    expect(HostConfig['NanoCpus']).toBeLessThanOrEqual(2e9)
    expect(
      Mounts.map(({ Type, Destination, RW }) => ({ Type, Destination, RW })).toSorted((a, b) =>
        a.Type < b.Type ? -1 : 1,
      ),
    ).toEqual([
      { Type: 'bind', Destination: '/run/clawkeep', RW: false },
      { Type: 'volume', Destination: '/home/node', RW: true },
    ])
    expect(Object.keys(NetworkSettings.Networks)).toEqual(['none'])
    expect(NetworkSettings.Ports).toEqual({})
  })

  test('has them from inside as well: no capabilities, no new privileges, seccomp on, nothing writable but its data and /tmp', async () => {
    const facts = JSON.parse(
      await runInside(
        container(),
        `const fs = require('fs')
        const status = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n').map((line) => line.split(':\\t')))
        const write = (dir) => { try { fs.writeFileSync(dir + '/x', 'x'); fs.unlinkSync(dir + '/x'); return 'ok' } catch (error) { return error.code } }
        console.log(JSON.stringify({ uid: process.getuid(), caps: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((cap) => status[cap]), privs: status.NoNewPrivs, seccomp: status.Seccomp,
          writable: Object.fromEntries(['/', '/etc', '/opt/assistant', '/run/clawkeep', '/usr/bin', '/tmp', '/home/node', '/dev'].map((dir) => [dir, write(dir)])),
          exec: (() => { fs.writeFileSync('/tmp/x', '#!/usr/bin/node\\n', { mode: 0o755 }); try { require('child_process').execFileSync('/tmp/x'); return 'ok' } catch (error) { return error.code } })(),
          setuid: (() => { try { process.setuid(0); return 'ok' } catch (error) { return error.code } })(),
          sockets: ['/var/run/docker.sock', '/run/docker.sock'].filter((file) => fs.existsSync(file)) }))`,
      ),
    ) as Record<string, unknown>
    expect(facts).toEqual({
      uid: 1000,
      caps: Array.from({ length: 5 }, () => '0000000000000000'),
      privs: '1',
      seccomp: '2',
      writable: {
        '/': 'EROFS',
        '/etc': 'EROFS',
        '/opt/assistant': 'EROFS',
        '/run/clawkeep': 'EROFS',
        '/usr/bin': 'EROFS',
        '/tmp': 'ok',
        '/home/node': 'ok',
        '/dev': 'EACCES',
      },
      exec: 'EACCES',
      setuid: 'EPERM',
      sockets: [],
    })
  })

  test('shows its memory', async () => {
    await expect.poll(() => home.supervisor.byName('ada')?.memoryUsedMiB, { timeout: 5000 }).toBeGreaterThan(5)
  })

  test('has a log without control characters', async () => {
    expect(await home.supervisor.logs(ada.id, 10)).toEqual(['demo assistant listens on 127.0.0.1:18789'])
  })

  test('answers its health checks', async () => {
    expect(await home.supervisor.health(ada.id)).toEqual({ alive: true, ready: true, detail: 'ready' })
  })
})

describe('from inside', () => {
  /** Tries every address, by TCP and by UDP, and every name; prints what could be reached. */
  const scan = (targets: ReadonlyArray<readonly [string, number]>): string => `
    const net = require('net'), dgram = require('dgram'), dns = require('dns')
    const tcp = (host, port) => new Promise((resolve) => {
      const socket = net.connect({ host, port, timeout: 1500 })
      socket.on('connect', () => resolve(['tcp ' + host + ':' + port])).on('error', () => resolve([])).on('timeout', () => resolve([]))
    })
    const udp = (host, port) => new Promise((resolve) => {
      const socket = dgram.createSocket(net.isIPv6(host) ? 'udp6' : 'udp4')
      socket.on('error', () => resolve([]))
      socket.send('x', port, host, (error) => resolve(error ? [] : ['udp ' + host + ':' + port]))
    })
    const name = (host) => new Promise((resolve) => dns.lookup(host, (error, address) => resolve(error ? [] : ['name ' + host])))
    Promise.all([...${JSON.stringify(targets)}.flatMap(([host, port]) => [tcp(host, port), udp(host, port)].slice(0, ['127.0.0.1', '::1'].includes(host) ? 1 : 2)), name('example.com'), name('host.docker.internal'), name('gateway.docker.internal')])
      .then((found) => { console.log(JSON.stringify(found.flat())); process.exit() })`

  test('a scan finds the hatch and nothing else: no address of the host, no other container, not the MCP port', async () => {
    const everywhere = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => everywhere.listen(0, '0.0.0.0', resolve))
    const mcp = createHttpServer((_, response) => response.end('mcp'))
    await new Promise<void>((resolve) => mcp.listen(0, '127.0.0.1', resolve))
    const open = (everywhere.address() as AddressInfo).port
    const loopback = (mcp.address() as AddressInfo).port
    // A container as Docker makes it by itself, of the same image: the scan's own proof that it can find something.
    const image = (await dockerJson<{ Image: string }>('GET', `/containers/${container()}/json`)).Image
    const { Id: plain } = await dockerJson<{ Id: string }>('POST', '/containers/create', {
      Image: image,
      Labels: { 'clawkeep-test': 'scan' },
    })
    try {
      await docker('POST', `/containers/${plain}/start`)
      const address = Object.values((await inspect(plain)).NetworkSettings.Networks)[0]?.IPAddress ?? ''
      const hosts = Object.values(networkInterfaces()).flatMap((all) =>
        (all ?? []).map((one) => one.address.replace(/%.*/, '')),
      )
      const bridge =
        Object.values(
          await dockerJson<Record<string, { Gateway?: string }>>('GET', `/containers/${plain}/json`).then(
            (all) =>
              (all as unknown as { NetworkSettings: { Networks: Record<string, { Gateway?: string }> } })
                .NetworkSettings.Networks,
          ),
        )[0]?.Gateway ?? ''
      const targets = [
        ['192.0.2.1', 80],
        ['192.0.2.1', 53],
        [address, 18789],
        [address, 80],
        ...[...new Set([...hosts, bridge, '127.0.0.1', '::1'])].flatMap((host) => [
          [host, open] as const,
          [host, loopback] as const,
        ]),
      ] as const
      expect(JSON.parse(await runInside(container(), scan(targets)))).toEqual([])
      expect(JSON.parse(await runInside(plain, scan(targets)))).toContain(`tcp ${bridge}:${open}`)
    } finally {
      await docker('DELETE', `/containers/${plain}?force=1`)
      everywhere.close()
      mcp.close()
    }
  })

  test('there is one interface, and the only listeners are the gateway and the hatch’s proxy', async () => {
    const found = JSON.parse(
      await runInside(
        container(),
        `const fs = require('fs')
        const rows = ['tcp', 'tcp6'].flatMap((file) => { try { return fs.readFileSync('/proc/net/' + file, 'utf8').trim().split('\\n').slice(1) } catch { return [] } })
        const listening = rows.map((row) => row.trim().split(/\\s+/)).filter((row) => row[3] === '0A').map((row) => parseInt(row[1].split(':')[1], 16))
        console.log(JSON.stringify({ interfaces: fs.readdirSync('/sys/class/net').filter((name) => fs.readFileSync('/sys/class/net/' + name + '/operstate', 'utf8').trim() !== 'down'), listening: listening.sort((a, b) => a - b), hatch: fs.readdirSync('/run/clawkeep').sort() }))`,
      ),
    ) as unknown
    expect(found).toEqual({ interfaces: ['lo'], listening: [8118, 18789], hatch: ['hatch.cjs', 'in.sock', 'out.sock'] })
  })
})

describe('a chat', () => {
  test('streams, and the assistant says honestly that there is no model in it', async () => {
    const deltas: Array<string> = []
    const { text } = await home.supervisor.chat(ada.id, {
      message: 'hello',
      signal: AbortSignal.timeout(10_000),
      onDelta: (delta) => deltas.push(delta),
    })
    expect(deltas.length).toBeGreaterThan(5)
    expect(deltas.join('')).toBe(text)
    expect(text).toContain('no language model in me')
  })

  test('remembers its own session and no other', async () => {
    await say(home.supervisor, ada.id, 'my name is Ada', 'one')
    expect(await say(home.supervisor, ada.id, 'what did I say?', 'one')).toBe('You said: "my name is Ada"')
    expect(await say(home.supervisor, ada.id, 'what did I say?', 'two')).toBe(
      'You have said nothing before in this session.',
    )
  })

  test('can be had without streaming, and not without the token', async () => {
    const answers = JSON.parse(
      await runInside(
        container(),
        `const ask = (bearer) => fetch('http://127.0.0.1:18789/v1/chat/completions', { method: 'POST', headers: { authorization: 'Bearer ' + bearer }, body: JSON.stringify({ model: 'openclaw', messages: [{ role: 'user', content: 'hi' }] }) })
        Promise.all([ask('${await gatewayToken()}').then((answer) => answer.json()), ask('wrong').then((answer) => answer.status)]).then((answers) => console.log(JSON.stringify(answers)))`,
      ),
    ) as [{ choices: [{ message: { content: string } }] }, number]
    expect(answers[0].choices[0].message.content).toContain('demo assistant')
    expect(answers[1]).toBe(401)
  })
})

describe('a request of the assistant', () => {
  test('leaves through the hatch with its placeholder, plain and by HTTPS', async () => {
    for (const scheme of ['http', 'https']) {
      const answer = await say(
        home.supervisor,
        ada.id,
        `POST ${scheme}://api.example.com/notes?x=1 {"title":"Grüße"} with {{secret:git hub}} because you asked – please`,
      )
      expect(answer).toContain('HTTP 200\nhello from outside')
      const { headers, body, asker, ...rest } = home.seen.at(-1) ?? ({} as never)
      expect(rest).toEqual({
        method: 'POST',
        url: `${scheme}://api.example.com/notes?x=1`,
        reason: 'you asked – please',
      })
      expect(body?.toString()).toBe('{"title":"Grüße"}')
      expect(headers).toContainEqual({ name: 'authorization', value: 'Bearer {{secret:git hub}}' })
      expect(asker).toEqual({ kind: 'assistant', id: ada.id, name: 'ada' })
    }
  })

  test('of a program that only knows the proxy variables leaves the same way', async () => {
    const status = await runInside(
      container(),
      `process.env.NODE_USE_ENV_PROXY = '1'
      const { spawnSync } = require('child_process')
      const env = { ...process.env, HTTPS_PROXY: 'http://127.0.0.1:8118', NODE_USE_ENV_PROXY: '1', NODE_EXTRA_CA_CERTS: '/tmp/clawkeep-ca.pem' }
      console.log(spawnSync('/usr/bin/node', ['-e', 'fetch("https://fetch.example.com/a").then(async (answer) => console.log(answer.status, await answer.text()))'], { env, encoding: 'utf8' }).stdout)`,
    )
    expect(status.trim()).toBe('200 hello from outside')
    expect(home.seen.at(-1)?.url).toBe('https://fetch.example.com/a')
  })
})

describe('secrets', () => {
  test('the gateway’s token is in no inspect output, no image, no exported file and no file of the home', async () => {
    const token = await gatewayToken()
    expect(token).toMatch(/^[0-9a-f]{64}$/)
    const { Mounts, Id } = await inspect(container())
    const volume = Mounts.find((mount) => mount.Type === 'volume')?.Name ?? ''
    const places = {
      inspect: await docker('GET', `/containers/${Id}/json`),
      top: await docker('GET', `/containers/${Id}/top?ps_args=auxww`),
      volume: await docker('GET', `/volumes/${volume}`),
      log: await docker('GET', `/containers/${Id}/logs?stdout=1&stderr=1`),
      files: await docker('GET', `/containers/${Id}/export`),
      data: await docker('GET', `/containers/${Id}/archive?path=/home/node`),
      changes: await docker('GET', `/containers/${Id}/changes`),
    }
    for (const [place, bytes] of Object.entries(places)) expect(bytes.includes(token), place).toBe(false)
    // The read-only root: nothing in it was written, but for the place where the engine puts its own init.
    const changed = JSON.parse(places.changes.toString()) as ReadonlyArray<{ Path: string }>
    expect(changed.filter(({ Path }) => !/^\/sbin(\/docker-init)?$/.test(Path))).toEqual([])
    await home.audit.flush()
    for (const file of readdirSync(home.testVault.home)) {
      expect(readFileSync(join(home.testVault.home, file)).includes(token), file).toBe(false)
    }
  })
})

describe('stopping', () => {
  test('leaves no container and keeps the log; starting again finds the data', async () => {
    await runInside(container(), `require('fs').writeFileSync('/home/node/kept', 'yes')`)
    const stopped = await home.supervisor.stop(ada.id)
    expect(stopped).toMatchObject({ state: 'stopped', containerId: null, memoryUsedMiB: null })
    expect(await containersOf(`clawkeep.assistant=${ada.id}`)).toEqual([])
    expect(await home.supervisor.logs(ada.id, 10)).toEqual(['demo assistant listens on 127.0.0.1:18789'])
    await expect(say(home.supervisor, ada.id, 'hello')).rejects.toMatchObject({
      code: 'unavailable',
      message: 'ada is not running.',
    })
    ada = await home.supervisor.start(ada.id)
    expect(await runInside(container(), `console.log(require('fs').readFileSync('/home/node/kept', 'utf8'))`)).toBe(
      'yes\n',
    )
  })

  test('removing without the data keeps it for an assistant of the same name, and with the data destroys it', async () => {
    const { Mounts } = await inspect(container())
    const volume = Mounts.find((mount) => mount.Type === 'volume')?.Name ?? ''
    await home.supervisor.remove(ada.id, false)
    expect(home.supervisor.list()).toEqual([])
    expect(await codeOfPromise(home.supervisor.stop(ada.id))).toBe('not_found')
    const again = await home.supervisor.create({ name: 'ada', image: 'demo', memoryMiB: 300 })
    ada = await home.supervisor.start(again.id)
    expect(await runInside(container(), `console.log(require('fs').readFileSync('/home/node/kept', 'utf8'))`)).toBe(
      'yes\n',
    )
    await home.supervisor.remove(ada.id, true)
    await expect(docker('GET', `/volumes/${volume}`)).rejects.toThrow('404')
  })
})
