import { AppError } from '../../shared/app-error.ts'
import type { ContainerEngine } from './engine.ts'
import { labels, type Ownership } from './spec.ts'

/** Removes every container of this home at this place, whatever it is doing; `audited` runs the removal of one assistant's. */
export async function removeLeftContainers(
  engine: ContainerEngine,
  { owner, home }: Ownership,
  audited: (assistantId: string, remove: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const found = await engine.listContainers([`${labels.owner}=${owner}`, `${labels.home}=${home}`])
  const left = found.filter(({ Labels }) => Labels[labels.owner] === owner && Labels[labels.home] === home)
  await Promise.all(
    left.map(async ({ Id, Labels }) => {
      const remove = (): Promise<void> => engine.removeContainer(Id)
      try {
        await audited(Labels[labels.assistant] ?? 'unknown', remove)
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'audit_failed') throw error
        // The one act that goes ahead without its entry: it takes away, and an orphan would go on without anyone watching.
        await remove()
      }
    }),
  )
}
