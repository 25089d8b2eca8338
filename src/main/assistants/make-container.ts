import { AppError } from '../../shared/app-error.ts'
import type { AssistantRecord } from './container-run.ts'
import type { ContainerEngine } from './engine.ts'
import { type ContainerSpec, labels, type Ownership } from './spec.ts'

/**
 * Makes the container and returns its id. One of the same name may be our own from a crash that was not cleaned up, and is
 * replaced; any other is not ours to touch. Rejects with `conflict` then, and with what the engine says.
 */
export async function makeContainer(
  engine: ContainerEngine,
  spec: ContainerSpec,
  { owner, home }: Ownership,
  { id, name }: AssistantRecord,
): Promise<string> {
  try {
    return await engine.createContainer(spec)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    const other = await engine.inspectContainer(spec.name)
    const marks = other?.Config.Labels
    if (other === null || marks?.[labels.owner] !== owner || marks[labels.assistant] !== id) {
      throw new AppError('conflict', `Docker has a container named ${spec.name} that is not Clawkeep’s.`, {
        hint: `Rename or remove it (docker rename ${spec.name} something-else), then start ${name} again.`,
      })
    }
    // A home that was copied has the ids of its original, and its data volumes too: it must not kill what the other runs.
    if (marks[labels.home] !== home) {
      throw new AppError('conflict', `${name} runs from another home folder already: one is a copy of the other.`, {
        hint: `Stop ${name} in the Clawkeep that uses the other folder. If there is none any more, run: docker rm -f ${spec.name}`,
      })
    }
    await engine.removeContainer(other.Id)
    return engine.createContainer(spec)
  }
}
