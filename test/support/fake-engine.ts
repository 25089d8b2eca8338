import { createServer } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type ContainerFacts, ContainerEngine } from '../../src/main/assistants/engine.ts'
import type { ContainerSpec } from '../../src/main/assistants/spec.ts'
import { AppError } from '../../src/shared/app-error.ts'
import type { Engine } from '../../src/shared/models/assistant.ts'

type FakeContainer = {
  readonly id: string
  readonly spec: ContainerSpec
  running: boolean
  exitCode: number
  readonly waiters: Array<(code: number) => void>
}

type Interruptible = 'create' | 'own' | 'remove'

const ready: Engine = { state: 'ready', version: '1', message: 'Docker 1 is ready.', hint: null }
const stopped: Engine = { state: 'stopped', version: null, message: 'Docker does not answer.', hint: 'Start it.' }

/**
 * An engine in memory, for the moments at which a real one cannot be stopped to order. Its containers are a web server that
 * offers connections on the hatch's own socket and says yes to every health check.
 */
export class FakeEngine extends ContainerEngine {
  /** False: nothing it is asked is answered. */
  up = true
  /** What stopping a container takes. */
  stopMs = 0
  /** Told of these calls before they are done; what it throws is what they fail with. */
  interfere: (call: Interruptible) => void = () => undefined
  readonly containers = new Map<string, FakeContainer>()
  /** By name: whether uid 1000 owns it. */
  readonly volumes = new Map<string, { readonly labels: Record<string, string>; owned: boolean }>()
  #found: Engine = stopped
  #made = 0

  override get state(): Engine {
    return this.#found
  }

  override check(): Promise<Engine> {
    this.#found = this.up ? ready : stopped
    return Promise.resolve(this.#found)
  }

  /** The container's own end. */
  end(id: string, exitCode: number): void {
    const container = this.containers.get(id)
    if (container?.running !== true) return
    container.running = false
    container.exitCode = exitCode
    for (const tell of container.waiters) tell(exitCode)
  }

  get running(): ReadonlyArray<string> {
    return [...this.containers.values()].filter(({ running }) => running).map(({ id }) => id)
  }

  #ask(call?: Interruptible): void {
    if (call !== undefined) this.interfere(call)
    if (!this.up)
      throw new AppError('unavailable', 'Docker does not answer.', {
        cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
      })
  }

  override async inspectImage(): ReturnType<ContainerEngine['inspectImage']> {
    this.#ask()
    return { Id: 'image', Os: 'linux', Config: { Entrypoint: ['gateway'], Cmd: [], Labels: {} } }
  }

  override async createContainer(spec: ContainerSpec): Promise<string> {
    this.#ask('create')
    if ([...this.containers.values()].some((other) => other.spec.name === spec.name))
      throw new AppError('conflict', 'The name is in use.')
    const id = `container-${(this.#made += 1)}`
    this.containers.set(id, { id, spec, running: false, exitCode: 0, waiters: [] })
    return id
  }

  override async startContainer(id: string): Promise<void> {
    this.#ask()
    const container = this.#get(id)
    container.running = true
    const gateway = createServer((_, response) => response.end('ok'))
    const hatchDir = container.spec.HostConfig.Mounts.find(({ Type }) => Type === 'bind')?.Source ?? ''
    const offer = (): void => {
      if (!container.running) return
      const socket = connect(join(hatchDir, 'in.sock'))
      socket.on('error', () => undefined)
      socket.on('close', () => setTimeout(offer, 10))
      gateway.emit('connection', socket)
    }
    offer()
    offer()
  }

  override async stopContainer(id: string): Promise<void> {
    this.#ask()
    await new Promise((resolve) => setTimeout(resolve, this.stopMs))
    this.end(id, 0)
  }

  override async removeContainer(id: string): Promise<void> {
    this.#ask('remove')
    this.end(id, 137)
    this.containers.delete(id)
  }

  override async inspectContainer(idOrName: string): Promise<ContainerFacts | null> {
    this.#ask()
    const found = [...this.containers.values()].find(({ id, spec }) => id === idOrName || spec.name === idOrName)
    if (found === undefined) return null
    const { id, spec, running, exitCode } = found
    return {
      Id: id,
      Name: spec.name,
      State: { Running: running, ExitCode: exitCode, OOMKilled: false },
      Config: { Labels: spec.Labels },
    }
  }

  override async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    this.#ask()
    const container = this.#get(id)
    if (!container.running) return container.exitCode
    return new Promise((resolve, reject) => {
      container.waiters.push(resolve)
      signal.addEventListener('abort', () => reject(new AppError('cancelled', 'Not watched any more.')))
    })
  }

  override async listContainers(wanted: ReadonlyArray<string>): ReturnType<ContainerEngine['listContainers']> {
    this.#ask()
    return [...this.containers.values()]
      .map(({ id, spec }) => ({ Id: id, Names: [spec.name], State: '', Labels: spec.Labels as Record<string, string> }))
      .filter(({ Labels }) =>
        wanted.every((label) => label === `${label.split('=')[0]}=${Labels[label.split('=')[0] ?? '']}`),
      )
  }

  override async inspectVolume(name: string): ReturnType<ContainerEngine['inspectVolume']> {
    this.#ask()
    const found = this.volumes.get(name)
    return found === undefined ? null : { Name: name, Labels: found.labels }
  }

  override async createVolume(name: string, labels: Record<string, string>): Promise<void> {
    this.#ask()
    this.volumes.set(name, { labels, owned: false })
  }

  override async removeVolume(name: string): Promise<void> {
    this.#ask()
    this.volumes.delete(name)
  }

  override async putArchive(id: string): Promise<void> {
    this.#ask('own')
    const volume = this.volumes.get(
      this.#get(id).spec.HostConfig.Mounts.find(({ Type }) => Type === 'volume')?.Source ?? '',
    )
    if (volume !== undefined) volume.owned = true
  }

  override async containerLogs(): Promise<Buffer> {
    this.#ask()
    return Buffer.alloc(0)
  }

  override containerMemory(): Promise<number | null> {
    return Promise.resolve(null)
  }

  #get(id: string): FakeContainer {
    const container = this.containers.get(id)
    if (container === undefined) throw new AppError('unavailable', 'There is no such container.')
    return container
  }
}
