import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { type Header, type Pack, pack } from 'tar-stream'
import { AppError } from '../../shared/app-error.ts'
import type { ContainerEngine } from './engine.ts'
import { dataPath } from './spec.ts'

const uid = 1000
const lddTimeoutMs = 10_000
const tagChars = 16
/** Part of the tag: raise it when the layout of the image changes. */
const layoutVersion = 1

/** Marks an image whose program names its proxy itself. */
export const explicitProxyLabel = 'clawkeep.explicit-proxy'

export type NodeImage = {
  /** Such as `clawkeep/demo-assistant`; the tag is the hash of the content. */
  readonly repo: string
  /** A Linux Node binary. */
  readonly nodeBinary: string
  /** The program: one CommonJS file without dependencies. */
  readonly script: string
}

/**
 * Sees to it that an image with one Node program is there, made on this machine without a registry: the Node binary, the
 * libraries that `ldd` names, the script, a user 1000. Returns its reference. It is made anew only when its content changed.
 */
export async function ensureNodeImage(
  engine: ContainerEngine,
  image: NodeImage,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const libraries = await librariesOf(image.nodeBinary)
  const tag = await contentHash(image, libraries)
  const reference = `${image.repo}:${tag}`
  if ((await engine.inspectImage(reference)) !== null) return reference
  const tar = pack()
  const filled = fill(tar, image, libraries, onProgress)
  // Whoever reads the tar sees the failure too; this keeps it from being unhandled meanwhile.
  filled.catch((error: unknown) => tar.destroy(error as Error))
  await engine.importImage(tar as unknown as Readable, { repo: image.repo, tag, changes: changesFor(image) }, signal)
  await filled
  await removeOlder(engine, image.repo, reference)
  return reference
}

function changesFor(image: NodeImage): ReadonlyArray<string> {
  return [
    'ENTRYPOINT ["/usr/bin/node", "/opt/assistant/main.cjs"]',
    `USER ${uid}:${uid}`,
    'ENV PATH=/usr/bin',
    `ENV HOME=${dataPath}`,
    `WORKDIR ${dataPath}`,
    `LABEL clawkeep.image=${image.repo} ${explicitProxyLabel}=yes`,
  ]
}

async function fill(
  tar: Pack,
  image: NodeImage,
  libraries: ReadonlyArray<string>,
  onProgress: (share: number) => void,
): Promise<void> {
  const add = (header: Partial<Header> & { name: string }, content?: Buffer | string): ReturnType<Pack['entry']> => {
    const entry = content === undefined ? tar.entry(header) : tar.entry(header, content)
    // An engine that breaks off destroys the tar with all its entries; each of them would end the process with its error.
    return entry.on('error', () => undefined)
  }
  // The engine gives a container's own /tmp the mode of the image's.
  add({ name: 'tmp/', type: 'directory', mode: 0o1777 })
  for (const dir of ['usr/bin', 'opt/assistant', 'etc', 'run/clawkeep', 'proc', 'dev', 'sys'])
    add({ name: `${dir}/`, type: 'directory', mode: 0o755 })
  add({ name: `${dataPath.slice(1)}/`, type: 'directory', mode: 0o700, uid, gid: uid })
  add(
    { name: 'etc/passwd', mode: 0o644 },
    `root:x:0:0:root:/:/nonexistent\nnode:x:${uid}:${uid}:node:${dataPath}:/nonexistent\n`,
  )
  add({ name: 'etc/group', mode: 0o644 }, `root:x:0:\nnode:x:${uid}:\n`)
  add({ name: 'opt/assistant/main.cjs', mode: 0o644 }, readFileSync(image.script))
  // A library stands where the loader of this system looks for it, as a file and not as the link it may be here.
  for (const library of libraries) add({ name: library.slice(1), mode: 0o755 }, await readFile(library))
  const { size } = statSync(image.nodeBinary)
  const node = add({ name: 'usr/bin/node', mode: 0o755, size })
  let bytes = 0
  const source = createReadStream(image.nodeBinary)
  source.on('data', (part) => {
    bytes += part.length
    onProgress(bytes / size)
  })
  await pipeline(source, node)
  tar.finalize()
}

const libraries = new Map<string, ReadonlyArray<string>>()

/** Absolute paths of the shared libraries and the loader of a binary; asked for once for each state of it. */
async function librariesOf(binary: string): Promise<ReadonlyArray<string>> {
  const key = fileKey(binary)
  const known = libraries.get(key) ?? (await askLdd(binary))
  libraries.set(key, known)
  return known
}

async function askLdd(binary: string): Promise<ReadonlyArray<string>> {
  try {
    const { stdout } = await promisify(execFile)('ldd', [binary], {
      timeout: lddTimeoutMs,
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' },
    })
    const paths = [...stdout.matchAll(/(?:=>\s*|^\s*)(\/\S+)\s+\(0x/gm)].map((match) => match[1] ?? '')
    if (paths.length === 0) throw new Error('ldd named no library')
    return [...new Set(paths)].toSorted()
  } catch (cause) {
    throw new AppError(
      'unavailable',
      'The demo assistant’s image cannot be made: the libraries of Node are not to be found.',
      {
        hint: 'It is made from this system’s own files with ldd; use an image such as ghcr.io/openclaw/openclaw:latest instead.',
        cause,
      },
    )
  }
}

const hashes = new Map<string, string>()

async function contentHash(image: NodeImage, libraries: ReadonlyArray<string>): Promise<string> {
  const hash = createHash('sha256').update(`${layoutVersion}\n${changesFor(image).join('\n')}\n`)
  for (const file of [image.script, image.nodeBinary, ...libraries])
    hash.update(`${await fileHash(file)} ${file === image.script || file === image.nodeBinary ? '' : file}\n`)
  return hash.digest('hex').slice(0, tagChars)
}

/** Hashes each state of a file once: the Node binary has 120 MB. */
async function fileHash(file: string): Promise<string> {
  const key = fileKey(file)
  const known = hashes.get(key)
  if (known !== undefined) return known
  const hash = createHash('sha256')
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash)
  const digest = hash.digest('hex')
  hashes.set(key, digest)
  return digest
}

function fileKey(file: string): string {
  const { size, mtimeMs, ino } = statSync(file)
  return [file, size, mtimeMs, ino].join('\n')
}

/** Earlier builds take 130 MB each; one that a container uses stays. */
async function removeOlder(engine: ContainerEngine, repo: string, current: string): Promise<void> {
  for (const reference of await engine.listImages(repo)) if (reference !== current) await engine.removeImage(reference)
}
