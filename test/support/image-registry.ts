import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { z } from 'zod'
import { docker } from './docker-api.ts'

const Saved = z.tuple([z.object({ Config: z.string(), Layers: z.array(z.string()).min(1) })])

export type ImageRegistry = {
  /** What to pull; the engine takes a registry on loopback without TLS. */
  readonly reference: string
  /** Blobs that were fetched. */
  readonly fetched: ReadonlyArray<string>
  close(): Promise<void>
}

/**
 * A registry on loopback that serves one image of the local engine (OCI distribution: manifests and blobs by digest), slowly
 * enough that a pull shows how far it is.
 */
export async function serveImage(localReference: string, name: string): Promise<ImageRegistry> {
  const files = await untar(await docker('GET', `/images/${localReference}/get`))
  const [{ Config, Layers }] = Saved.parse(JSON.parse(fileOf(files, 'manifest.json').toString()))
  const blobs = new Map<string, Buffer>()
  const add = (mediaType: string, blob: Buffer): { mediaType: string; size: number; digest: string } => {
    const digest = digestOf(blob)
    blobs.set(digest, blob)
    return { mediaType, size: blob.length, digest }
  }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: add('application/vnd.docker.container.image.v1+json', fileOf(files, Config)),
      layers: Layers.map((layer) =>
        add('application/vnd.docker.image.rootfs.diff.tar.gzip', gzipSync(fileOf(files, layer), { level: 1 })),
      ),
    }),
  )

  const fetched: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const blob = blobs.get(path.slice(path.lastIndexOf('/') + 1))
    response.setHeader('docker-distribution-api-version', 'registry/2.0')
    if (path === '/v2/') response.end('{}')
    else if (path.startsWith(`/v2/${name}/manifests/`)) {
      response.setHeader('docker-content-digest', digestOf(manifest))
      response.writeHead(200, { 'content-type': manifestType, 'content-length': manifest.length })
      response.end(request.method === 'HEAD' ? undefined : manifest)
    } else if (path.startsWith(`/v2/${name}/blobs/`) && blob !== undefined) {
      fetched.push(path)
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': blob.length })
      slowly(blob).pipe(response)
    } else response.writeHead(404).end('{"errors":[{"code":"NAME_UNKNOWN"}]}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    reference: `127.0.0.1:${port}/${name}:1`,
    fetched,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json'

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** In twenty pieces, each a moment after the other. */
function slowly(blob: Buffer): Readable {
  const piece = Math.max(1, Math.ceil(blob.length / 20))
  const pieces = async function* (): AsyncGenerator<Buffer> {
    for (let at = 0; at < blob.length; at += piece) {
      yield blob.subarray(at, at + piece)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return Readable.from(pieces())
}

async function untar(tar: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>()
  const reader = extract()
  reader.end(tar)
  for await (const entry of reader) {
    const parts: Buffer[] = []
    for await (const part of entry) parts.push(part as Buffer)
    files.set(entry.header.name, Buffer.concat(parts))
  }
  return files
}

function fileOf(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const file = files.get(name)
  if (file === undefined) throw new Error(`The saved image has no ${name}`)
  return file
}
