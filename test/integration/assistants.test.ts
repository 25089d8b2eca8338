import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { homeOwnership } from '../../src/main/assistants/home-id.ts'
import { volumeName } from '../../src/main/assistants/spec.ts'
import type { Assistant } from '../../src/shared/models/assistant.ts'
import { type AssistantsHome, openAssistants, say } from '../support/assistants.ts'
import { containersOf, docker, gatewayToken, inspect, runInside } from '../support/docker-api.ts'
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

  test('shows its memory', async () => {
    await expect.poll(() => home.supervisor.byName('ada')?.memoryUsedMiB, { timeout: 5000 }).toBeGreaterThan(5)
  })

  test('has a log without control characters', async () => {
    expect(await home.supervisor.logs(ada.id, 10)).toEqual(['demo assistant listens on 127.0.0.1:18789'])
  })

  test('answers its health checks', async () => {
    expect(await home.supervisor.health(ada.id)).toMatchObject({ alive: true, ready: true, problem: null })
  })
})

describe('a chat', () => {
  test('streams, and the assistant says honestly that there is no model in it', async () => {
    const deltas: Array<string> = []
    const { text } = await home.supervisor.openChat(ada.id, { message: 'hello' }).run({
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
        Promise.all([ask('${await gatewayToken(container())}').then((answer) => answer.json()), ask('wrong').then((answer) => answer.status)]).then((answers) => console.log(JSON.stringify(answers)))`,
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

test('locking the vault while an assistant is being removed keeps its data', async () => {
  const locking = await openAssistants()
  const { supervisor, testVault } = locking
  const { id, name } = await supervisor.create({ name: 'kept', image: 'demo', memoryMiB: 256 })
  const volume = volumeName(homeOwnership(testVault.home).owner, name)
  try {
    await supervisor.start(id)
    const removing = codeOfPromise(supervisor.remove(id, true))
    testVault.vault.lock()
    expect(await removing).toBe('locked')
    await docker('GET', `/volumes/${volume}`)
  } finally {
    await locking.cleanup()
    await docker('DELETE', `/volumes/${volume}`)
  }
})
