import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../shared/app-error.ts'
import type { ContainerEngine } from './engine.ts'
import type { ImageTraits } from './hatch.ts'
import { ensureNodeImage, explicitProxyLabel } from './node-image.ts'
import { PullProgress } from './pull-progress.ts'

/** The name that stands for the demo assistant. */
export const demoImage = 'demo'

/** An image that is present and can be started. */
export type PreparedImage = {
  readonly reference: string
  /** What it would run by itself: entry point and command. */
  readonly command: ReadonlyArray<string>
  readonly traits: ImageTraits
}

export type ImageSource = {
  readonly resourcesDir: string
  /** A Linux Node binary for the demo assistant; null: there is none. */
  readonly nodeBinary: string | null
}

/** Makes the demo image or pulls any other, unless it is there already, and reads what it runs. `onProgress` gets the share done. */
export async function prepareImage(
  engine: ContainerEngine,
  source: ImageSource,
  name: string,
  onProgress: (share: number | null) => void,
  signal: AbortSignal,
): Promise<PreparedImage> {
  const reference = name === demoImage ? await prepareDemo(engine, source, onProgress, signal) : name
  let image = await engine.inspectImage(reference)
  if (image === null) {
    const progress = new PullProgress()
    onProgress(null)
    await engine.pull(
      reference,
      (line) => {
        progress.take(line)
        onProgress(progress.share)
      },
      signal,
    )
    image = await engine.inspectImage(reference)
  }
  if (image === null)
    throw new AppError('not_found', `There is no image ${reference}.`, { hint: 'Check its name and tag.' })
  if (image.Os !== 'linux')
    throw new AppError('unavailable', `${reference} is not a Linux image.`, { hint: 'Choose a Linux image.' })
  const command = [...(image.Config?.Entrypoint ?? []), ...(image.Config?.Cmd ?? [])]
  if (command.length === 0) {
    throw new AppError('unavailable', `${reference} has no command to run.`, {
      hint: 'Use an image that starts a gateway by itself.',
    })
  }
  const labels = image.Config?.Labels ?? {}
  const marks = [reference, ...command, labels['org.opencontainers.image.title'] ?? '']
  const openclaw = name !== demoImage && marks.some((mark) => /openclaw/i.test(mark))
  return { reference, command, traits: { openclaw, envProxy: labels[explicitProxyLabel] === undefined } }
}

async function prepareDemo(
  engine: ContainerEngine,
  source: ImageSource,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  if (source.nodeBinary === null) {
    throw new AppError(
      'unavailable',
      'The demo assistant needs the Node binary that comes with Clawkeep, and it is not there.',
      {
        hint: 'In a checkout run: npm ci. Or use an image such as ghcr.io/openclaw/openclaw:latest.',
      },
    )
  }
  const script = join(source.resourcesDir, 'demo-assistant', 'gateway.cjs')
  return ensureNodeImage(
    engine,
    { repo: 'clawkeep/demo-assistant', nodeBinary: source.nodeBinary, script },
    onProgress,
    signal,
  )
}

/** The Linux Node binary of an installed app, else that of a checkout; null when there is none. */
export function findNodeBinary(resourcesDir: string): string | null {
  const places = [join(resourcesDir, 'node', 'bin', 'node'), join(resourcesDir, '..', 'node_modules', '.bin', 'node')]
  return process.platform === 'linux' ? (places.find((place) => existsSync(place)) ?? null) : null
}
