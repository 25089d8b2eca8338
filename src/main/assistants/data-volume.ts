import { pack } from 'tar-stream'
import { AppError } from '../../shared/app-error.ts'
import type { ContainerEngine } from './engine.ts'
import { dataPath, labels, type Ownership, volumeLabels, volumeName } from './spec.ts'

type Named = { readonly id: string; readonly name: string }

/** The data volume of an assistant; `fresh` when it was made just now. */
export type DataVolume = { readonly name: string; readonly fresh: boolean }

/** The data volumes of this home's assistants. */
export class DataVolumes {
  readonly #engine: ContainerEngine
  readonly #ownership: () => Ownership
  /** Those that were handed over since this core started. */
  readonly #handedOver = new Set<string>()

  constructor(engine: ContainerEngine, ownership: () => Ownership) {
    this.#engine = engine
    this.#ownership = ownership
  }

  /** Sees to it that it is there and ours; rejects with `conflict` when it is someone else's. */
  async ensure(assistant: Named): Promise<DataVolume> {
    const { owner } = this.#ownership()
    const name = volumeName(owner, assistant.name)
    if (await this.#isOurs(name)) return { name, fresh: false }
    this.#handedOver.delete(name)
    await this.#engine.createVolume(name, volumeLabels(owner, assistant))
    return { name, fresh: true }
  }

  /**
   * Gives it to the uid that runs inside; a new volume belongs to root when the image has no such folder. `containerId` is a
   * container that has it and was not started. Done once for each core: one that was killed may have left it with root, and
   * each further start would pay a tenth of a second for what is known.
   */
  async handOver({ name }: DataVolume, containerId: string): Promise<void> {
    if (this.#handedOver.has(name)) return
    const tar = pack()
    tar.entry({ name: './', type: 'directory', mode: 0o700, uid: 1000, gid: 1000 })
    tar.finalize()
    const parts: Array<Buffer> = []
    for await (const part of tar as AsyncIterable<Buffer>) parts.push(part)
    await this.#engine.putArchive(containerId, dataPath, Buffer.concat(parts))
    this.#handedOver.add(name)
  }

  /** Takes back what `ensure` made for a start that broke off; a volume that was there before keeps its data. */
  async takeBack({ name, fresh }: DataVolume): Promise<void> {
    if (fresh) await this.#engine.removeVolume(name)
  }

  /** Removes the data for good. A volume that is not there is fine; one that is not ours is left alone. */
  async remove(assistant: Named): Promise<void> {
    const name = volumeName(this.#ownership().owner, assistant.name)
    if (await this.#isOurs(name)) await this.#engine.removeVolume(name)
  }

  async #isOurs(name: string): Promise<boolean> {
    const volume = await this.#engine.inspectVolume(name)
    if (volume === null) return false
    if (volume.Labels[labels.owner] === this.#ownership().owner) return true
    throw new AppError('conflict', `Docker has a volume ${name} that is not Clawkeep’s.`, {
      hint: `Look at it with: docker volume inspect ${name}`,
    })
  }
}
