import { readdirSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type AssistantsHome, openAssistants } from '../support/assistants.ts'
import { docker, dockerJson, gatewayToken, inspect, runInside } from '../support/docker-api.ts'

let home: AssistantsHome
let ada: Assistant

beforeAll(async () => {
  home = await openAssistants()
  const { id } = await home.supervisor.create({ name: 'ada', image: 'demo', memoryMiB: 256 })
  ada = await home.supervisor.start(id)
})
afterAll(() => home?.cleanup())

const container = (): string => ada.containerId ?? ''

describe('from inside', () => {
  test('there are no capabilities, no new privileges, seccomp on, nothing writable but its data and /tmp', async () => {
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

describe('secrets', () => {
  test('the gateway’s token is in no inspect output, no image, no exported file and no file of the home', async () => {
    const token = await gatewayToken(container())
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
