import { pack } from 'tar-stream'
import { AppError } from '../../shared/app-error.ts'
import type { ContainerEngine } from './engine.ts'
import { dataPath, labels, type Ownership, volumeLabels, volumeName } from './spec.ts'

type Named = { readonly id: string; readonly name: string }

/** Sees to it that the assistant's data volume is there and ours. Returns its name, and whether it is new. */
export async function ensureVolume(
  engine: ContainerEngine,
  ownership: Ownership,
  assistant: Named,
): Promise<{ name: string; fresh: boolean }> {
  const name = volumeName(ownership.owner, assistant.name)
  if (await isOurs(engine, name, ownership)) return { name, fresh: false }
  await engine.createVolume(name, volumeLabels(ownership.owner, assistant))
  return { name, fresh: true }
}

/** Removes the data for good. A volume that is not there is fine; one that is not ours is left alone. */
export async function removeVolume(engine: ContainerEngine, ownership: Ownership, assistant: Named): Promise<void> {
  const name = volumeName(ownership.owner, assistant.name)
  if (await isOurs(engine, name, ownership)) await engine.removeVolume(name)
}

/** A new volume belongs to root when the image has no such folder; this gives it to the uid that runs inside. */
export async function ownVolume(engine: ContainerEngine, containerId: string): Promise<void> {
  const tar = pack()
  tar.entry({ name: './', type: 'directory', mode: 0o700, uid: 1000, gid: 1000 })
  tar.finalize()
  const parts: Array<Buffer> = []
  for await (const part of tar as AsyncIterable<Buffer>) parts.push(part)
  await engine.putArchive(containerId, dataPath, Buffer.concat(parts))
}

async function isOurs(engine: ContainerEngine, name: string, ownership: Ownership): Promise<boolean> {
  const volume = await engine.inspectVolume(name)
  if (volume === null) return false
  if (volume.Labels[labels.owner] === ownership.owner) return true
  throw new AppError('conflict', `Docker has a volume ${name} that is not Clawkeep’s.`, {
    hint: `Look at it with: docker volume inspect ${name}`,
  })
}
