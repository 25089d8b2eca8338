import type Dockerode from 'dockerode'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import { AppError } from '../../shared/app-error.ts'
import type { Engine } from '../../shared/models/assistant.ts'
import {
  ContainerAnswer,
  ContainerListAnswer,
  CreatedAnswer,
  ImageAnswer,
  type ProgressLine,
  StatsAnswer,
  VersionAnswer,
  VolumeAnswer,
  WaitAnswer,
} from './engine-answers.ts'
import { type EngineAddress, engineAddress } from './engine-address.ts'
import { engineStatus, toEngineError, toPullError } from './engine-errors.ts'
import { describeFailure, describeVersion, unsupportedPlace } from './engine-state.ts'
import { followProgress } from './follow-progress.ts'
import type { ContainerSpec } from './spec.ts'

const checkTimeoutMs = 5000
const callTimeoutMs = 30_000
/** What an engine may take to unpack an image it was given whole. */
const importTimeoutMs = 300_000

export type ContainerFacts = z.infer<typeof ContainerAnswer>

/** The container engine: the only part that speaks to Docker. What Docker answers is parsed, what it refuses becomes an `AppError`. */
export class ContainerEngine {
  readonly #env: NodeJS.ProcessEnv
  readonly #platform: NodeJS.Platform
  #state: Engine = { state: 'unknown', version: null, message: 'Docker was not looked for yet.', hint: null }
  #docker: { readonly key: string; readonly client: Dockerode } | null = null

  constructor(options: { env?: NodeJS.ProcessEnv; platform?: NodeJS.Platform } = {}) {
    this.#env = options.env ?? process.env
    this.#platform = options.platform ?? process.platform
  }

  /** What the last check found. */
  get state(): Engine {
    return this.#state
  }

  /** Looks for the engine now. Never rejects: what is wrong is in the answer. */
  async check(): Promise<Engine> {
    const address = engineAddress(this.#env)
    this.#state = unsupportedPlace(this.#platform, address) ?? (await this.#ask(address))
    return this.#state
  }

  async #ask(address: EngineAddress): Promise<Engine> {
    try {
      const docker = await this.#client()
      // Its types do not know that it takes options.
      const askVersion = docker.version.bind(docker) as (options: object) => Promise<unknown>
      return describeVersion(
        VersionAnswer.parse(await askVersion({ abortSignal: AbortSignal.timeout(checkTimeoutMs) })),
      )
    } catch (error) {
      return describeFailure(address, error)
    }
  }

  /** dockerode is loaded only when it is needed; a new one when DOCKER_HOST or the socket changed. */
  async #client(): Promise<Dockerode> {
    const address = engineAddress(this.#env)
    const key = JSON.stringify(address)
    if (this.#docker?.key === key) return this.#docker.client
    const { default: Docker } = await import('dockerode')
    // All places are named: dockerode would read what is missing from DOCKER_HOST of the environment.
    const place =
      address.kind === 'socket'
        ? { socketPath: address.path, host: undefined, port: undefined, protocol: 'http' }
        : {
            socketPath: undefined,
            host: address.kind === 'tcp' ? address.host : 'invalid',
            port: address.kind === 'tcp' ? address.port : 0,
            protocol: 'http',
          }
    const client = new Docker(place as Dockerode.DockerOptions)
    this.#docker = { key, client }
    return client
  }

  async #call<T>(
    doing: string,
    run: (docker: Dockerode, abortSignal: AbortSignal) => Promise<T>,
    timeoutMs = callTimeoutMs,
  ): Promise<T> {
    try {
      return await run(await this.#client(), AbortSignal.timeout(timeoutMs))
    } catch (error) {
      throw toEngineError(error, doing)
    }
  }

  /** Null when there is no such image here. */
  async inspectImage(reference: string): Promise<z.infer<typeof ImageAnswer> | null> {
    return this.#call('look for the image', (docker, abortSignal) =>
      orNull(async () => ImageAnswer.parse(await docker.getImage(reference).inspect({ abortSignal } as object))),
    )
  }

  /** Pulls an image; `onLine` gets each line of progress. Takes as long as it takes, unless `signal` ends it. */
  async pull(reference: string, onLine: (line: ProgressLine) => void, signal: AbortSignal): Promise<void> {
    try {
      const docker = await this.#client()
      const stream = (await docker.pull(reference, { abortSignal: signal } as object)) as NodeJS.ReadableStream
      await followProgress(docker.modem, stream, onLine, signal)
    } catch (error) {
      throw signal.aborted ? cancelled() : toPullError(error, reference)
    }
  }

  /** Makes an image of one layer from a tar, which is destroyed when that fails; `changes` are Dockerfile instructions. */
  async importImage(
    tar: Readable,
    image: { repo: string; tag: string; changes: ReadonlyArray<string> },
    signal: AbortSignal,
  ): Promise<void> {
    const run = async (docker: Dockerode, timeout: AbortSignal): Promise<void> => {
      const either = AbortSignal.any([signal, timeout])
      const options = { ...image, abortSignal: either } as object
      const stream = (await docker.importImage(tar, options)) as NodeJS.ReadableStream
      await followProgress(docker.modem, stream, () => undefined, either)
    }
    try {
      await this.#call(`make the image ${image.repo}:${image.tag}`, run, importTimeoutMs)
    } catch (error) {
      tar.destroy()
      throw signal.aborted ? cancelled() : error
    }
  }

  async listImages(repo: string): Promise<ReadonlyArray<string>> {
    return this.#call('list images', async (docker, abortSignal) => {
      const images = await docker.listImages({ filters: { reference: [repo] }, abortSignal } as object)
      return images.flatMap((image) => image.RepoTags ?? [])
    })
  }

  /** Removes an image that no container uses; one in use stays. */
  async removeImage(reference: string): Promise<void> {
    await this.#call('remove an old image', (docker, abortSignal) =>
      orNull(() => docker.getImage(reference).remove({ abortSignal } as object), [404, 409]),
    )
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    return this.#call(`create the container ${spec.name}`, async (docker, abortSignal) => {
      const container = await docker.createContainer({ ...spec, abortSignal } as object)
      return CreatedAnswer.parse({ Id: container.id }).Id
    })
  }

  async startContainer(id: string): Promise<void> {
    await this.#call('start the container', (docker, abortSignal) =>
      docker.getContainer(id).start({ abortSignal } as object),
    )
  }

  /** Asks it to end, and kills it after `graceSeconds`. A container that is gone or has ended is fine. */
  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    const stop = (docker: Dockerode, abortSignal: AbortSignal): Promise<unknown> =>
      orNull(() => docker.getContainer(id).stop({ t: graceSeconds, abortSignal } as object), [304, 404])
    await this.#call('stop the container', stop, callTimeoutMs + graceSeconds * 1000)
  }

  /** Kills it if it runs and removes it; its data volume stays. */
  async removeContainer(id: string): Promise<void> {
    await this.#call('remove the container', (docker, abortSignal) =>
      // 409: its removal is already under way.
      orNull(() => docker.getContainer(id).remove({ force: true, v: false, abortSignal } as object), [404, 409]),
    )
  }

  async inspectContainer(idOrName: string): Promise<ContainerFacts | null> {
    return this.#call('look at the container', (docker, abortSignal) =>
      orNull(async () => ContainerAnswer.parse(await docker.getContainer(idOrName).inspect({ abortSignal } as object))),
    )
  }

  /** Resolves with the exit code when the container has ended; rejects when the engine goes away meanwhile. */
  async waitContainer(id: string, signal: AbortSignal): Promise<number> {
    try {
      const { modem } = await this.#client()
      // The engine sends its headers at once and the rest at the end. dockerode's own wait does not notice when the line is
      // cut in between, so the answer is read here.
      const options = {
        path: `/containers/${id}/wait`,
        method: 'POST',
        abortSignal: signal,
        isStream: true,
        statusCodes: { 200: true },
      }
      const stream = await new Promise<Readable>((resolve, reject) =>
        modem.dial(options, (error: unknown, answer: unknown) =>
          error ? reject(error as Error) : resolve(answer as Readable),
        ),
      )
      let text = ''
      for await (const part of stream) text += String(part)
      return WaitAnswer.parse(JSON.parse(text)).StatusCode
    } catch (error) {
      throw toEngineError(error, 'watch the container')
    }
  }

  /** Raw log stream of the last lines, with Docker's frame headers. */
  async containerLogs(id: string, lines: number): Promise<Buffer> {
    return this.#call('read the log', async (docker, abortSignal) => {
      const log: unknown = await docker
        .getContainer(id)
        .logs({ stdout: true, stderr: true, follow: false, tail: lines, abortSignal } as object)
      return Buffer.isBuffer(log) ? log : Buffer.from(typeof log === 'string' ? log : '')
    })
  }

  /** Memory in use in bytes, without the page cache that can be dropped; null when it cannot be known. */
  async containerMemory(id: string): Promise<number | null> {
    return this.#call('measure the container', async (docker, abortSignal) => {
      const answer = StatsAnswer.parse(
        await docker.getContainer(id).stats({ stream: false, 'one-shot': true, abortSignal } as object),
      )
      const { usage, stats } = answer.memory_stats
      if (usage === undefined) return null
      // cgroup v1 and v2 name it differently (docker stats does the same).
      return Math.max(0, usage - (stats?.['total_inactive_file'] ?? stats?.['inactive_file'] ?? 0))
    })
  }

  async listContainers(labels: ReadonlyArray<string>): Promise<z.infer<typeof ContainerListAnswer>> {
    return this.#call('list containers', async (docker, abortSignal) =>
      ContainerListAnswer.parse(
        await docker.listContainers({ all: true, filters: { label: labels }, abortSignal } as object),
      ),
    )
  }

  async inspectVolume(name: string): Promise<z.infer<typeof VolumeAnswer> | null> {
    return this.#call('look at the volume', (docker, abortSignal) =>
      orNull(async () => VolumeAnswer.parse(await docker.getVolume(name).inspect({ abortSignal } as object))),
    )
  }

  async createVolume(name: string, labels: Record<string, string>): Promise<void> {
    await this.#call('create the volume', (docker, abortSignal) =>
      docker.createVolume({ Name: name, Driver: 'local', Labels: labels, abortSignal } as object),
    )
  }

  async removeVolume(name: string): Promise<void> {
    await this.#call('remove the volume', (docker, abortSignal) =>
      orNull(() => docker.getVolume(name).remove({ abortSignal } as object)),
    )
  }

  /** Unpacks a tar into a folder of a container that has been created. */
  async putArchive(id: string, path: string, tar: Buffer): Promise<void> {
    await this.#call('prepare the data volume', (docker, abortSignal) =>
      docker.getContainer(id).putArchive(tar, { path, abortSignal } as object),
    )
  }
}

function cancelled(): AppError {
  return new AppError('cancelled', 'The start was cancelled.')
}

async function orNull<T>(run: () => Promise<T>, statuses: ReadonlyArray<number> = [404]): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (statuses.includes(engineStatus(error) ?? 0)) return null
    throw error
  }
}
