import type { z } from 'zod'
import type { Engine } from '../../shared/models/assistant.ts'
import type { EngineAddress } from './engine-address.ts'
import type { VersionAnswer } from './engine-answers.ts'
import { errorCode } from './engine-errors.ts'

/** Why no engine at this place can be used; null when one may. */
export function unsupportedPlace(platform: NodeJS.Platform, address: EngineAddress): Engine | null {
  if (platform !== 'linux') {
    return {
      state: 'unsupported',
      version: null,
      message:
        'Assistants run on Linux only for now: Docker on this system cannot share the hatch’s sockets with a container.',
      hint: 'The vault, the MCP server and approvals work without it.',
    }
  }
  if (address.kind !== 'remote') return null
  return {
    state: 'unsupported',
    version: null,
    message: `DOCKER_HOST names an engine on another machine (${address.text}).`,
    hint: 'Unset DOCKER_HOST to use the engine of this machine; the hatch’s sockets cannot leave it.',
  }
}

/** An engine that answered: ready, unless it runs containers where our sockets do not reach. */
export function describeVersion(version: z.infer<typeof VersionAnswer>): Engine {
  const platform = version.Platform?.Name ?? ''
  if (version.Os !== 'linux' || /docker desktop/i.test(platform)) {
    return {
      state: 'unsupported',
      version: version.Version,
      message: `${platform === '' ? 'This engine' : platform} cannot share the hatch’s sockets with a container.`,
      hint: 'Install Docker Engine beside it (https://docs.docker.com/engine/install/) and choose it with: docker context use default',
    }
  }
  return { state: 'ready', version: version.Version, message: `Docker ${version.Version} is ready.`, hint: null }
}

/** Why an engine did not answer. */
export function describeFailure(address: EngineAddress, error: unknown): Engine {
  const code = errorCode(error)
  if (code === 'ENOENT') {
    return {
      state: 'absent',
      version: null,
      message: 'Docker was not found on this computer.',
      hint: 'Install Docker Engine (https://docs.docker.com/engine/install/), for example: sudo apt-get install docker.io',
    }
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      state: 'no_permission',
      version: null,
      message: 'You may not use Docker on this computer.',
      hint: 'Run: sudo usermod -aG docker $USER, then sign out and in again.',
    }
  }
  return {
    state: 'stopped',
    version: null,
    message:
      address.kind === 'socket'
        ? 'Docker is installed but does not answer.'
        : 'Docker does not answer at the address in DOCKER_HOST.',
    hint: 'Start it, for example with: sudo systemctl start docker. Clawkeep finds it by itself.',
  }
}
