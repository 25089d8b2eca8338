import { filesIn, type Place } from './canaries.ts'
import { docker, dockerJson, runInside } from './docker-api.ts'

type Seen = {
  readonly Id: string
  readonly Image: string
  readonly Mounts: ReadonlyArray<{ readonly Type: string; readonly Name?: string; readonly Source: string }>
}

/** All of a container that can be seen from outside and, by its own user, from inside; but for its processes. */
export async function containerPlaces(container: string): Promise<ReadonlyArray<Place>> {
  const { Id, Image, Mounts } = await dockerJson<Seen>('GET', `/containers/${container}/json`)
  const volume = Mounts.find(({ Type }) => Type === 'volume')?.Name ?? ''
  const hatch = Mounts.find(({ Type }) => Type === 'bind')?.Source ?? ''
  const get = async (name: string, path: string, witness: string): Promise<Place> => ({
    name,
    bytes: await docker('GET', path),
    witness,
  })
  return [
    await get('docker inspect', `/containers/${Id}/json`, Id),
    await get('docker volume inspect', `/volumes/${volume}`, volume),
    await get('docker image inspect', `/images/${Image}/json`, Image),
    await get('docker top', `/containers/${Id}/top?ps_args=auxww`, 'hatch.cjs'),
    await get('docker logs', `/containers/${Id}/logs?stdout=1&stderr=1`, 'demo assistant listens'),
    await get('docker export', `/containers/${Id}/export`, 'The demo assistant: a small gateway'),
    await get('docker cp of the data volume', `/containers/${Id}/archive?path=/home/node`, 'node/'),
    {
      name: 'what memory file systems hold',
      bytes: await read(container, ['/tmp', '/dev/shm', '/run']),
      witness: 'CERTIFICATE',
    },
    ...filesIn(hatch, 'hatch folder').map((place) =>
      place.name.endsWith('hatch.cjs') ? { ...place, witness: 'use strict' } : place,
    ),
  ]
}

/** Every file below these folders of the container, read from inside. */
async function read(container: string, folders: ReadonlyArray<string>): Promise<Buffer> {
  const script = `const fs = require('fs')
    const files = ${JSON.stringify(folders)}.flatMap((folder) => fs.readdirSync(folder, { recursive: true }).map((file) => folder + '/' + file))
    console.log(Buffer.concat(files.map((file) => { try { return fs.lstatSync(file).isFile() ? fs.readFileSync(file) : Buffer.alloc(0) } catch { return Buffer.alloc(0) } })).toString('base64'))`
  return Buffer.from(await runInside(container, script), 'base64')
}

/** Arguments and environments of all processes in the container. */
export async function processesInside(container: string, file: 'cmdline' | 'environ'): Promise<Buffer> {
  const script = `const fs = require('fs')
    console.log(fs.readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid).map((pid) => { try { return fs.readFileSync('/proc/' + pid + '/${file}', 'latin1') } catch { return '' } }).join('\\n'))`
  return Buffer.from(await runInside(container, script))
}
