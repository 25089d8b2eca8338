import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerCapabilities,
  type ServerOptions,
} from '@modelcontextprotocol/server'
import { withoutTraces } from '../without-traces.ts'
import { serverIcons } from './icons.ts'
import type { Offer } from './offer.ts'
import { tasksExtension } from './tasks-extension.ts'

type Verify = NonNullable<NonNullable<ServerOptions['requestState']>['verify']>

const instructions =
  "Clawkeep runs the person's assistants and keeps their secrets. Talk to an assistant with openclaw_chat; give it longer work with openclaw_chat_async. To call a web API with a secret, look up its name with secrets_list and use http_request with {{secret:NAME}}; the person is asked first. A refusal is final: do not retry it."

/** Lists may be kept this long; a client that listens is told when one changes. */
const listHint = { ttlMs: 300_000, cacheScope: 'private' } as const
const readHint = { ttlMs: 60_000, cacheScope: 'private' } as const

/**
 * Makes servers of the SDK that answer nothing yet but say who they are and what they can do; all that can be is built
 * once. `introduces`: this one is asked who it is. The SDK repeats the identity in every result, and the picture with it.
 */
export function serverMaker(
  { offer, version }: { readonly offer: Offer; readonly version: string },
  verify: Verify,
): (introduces: boolean) => Server {
  const info = { name: 'clawkeep', title: 'Clawkeep', version }
  const introduction = { ...info, icons: serverIcons }
  const options: ServerOptions = {
    capabilities: capabilitiesOf(offer),
    instructions,
    requestState: { verify },
    cacheHints: {
      'tools/list': listHint,
      'prompts/list': listHint,
      'resources/templates/list': listHint,
      'server/discover': listHint,
      'resources/read': readHint,
    },
  }
  return (introduces) => new DoorServer(introduces ? introduction : info, options)
}

class DoorServer extends Server {
  /** The SDK makes an error for each server that closes, before the answer of its one request goes out. */
  protected override _onclose(): void {
    withoutTraces(() => super._onclose())
  }

  /** The SDK reports parameters that do not fit as a fault of the server (-32603); they are the client's (-32602). */
  protected override _wrapHandler(
    method: string,
    handler: Parameters<Server['_wrapHandler']>[1],
  ): ReturnType<Server['_wrapHandler']> {
    const wrapped = super._wrapHandler(method, handler)
    return async (request, context) => {
      try {
        return await wrapped(request, context)
      } catch (error) {
        if (!(error instanceof Error) || 'code' in error) throw error
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message.slice(0, 500))
      }
    }
  }
}

function capabilitiesOf({ prompts, resources, changes }: Offer): ServerCapabilities {
  const listChanged = (kind: 'tools' | 'prompts' | 'resources'): { listChanged?: true } =>
    changes?.kinds.has(kind) === true ? { listChanged: true } : {}
  return {
    tools: listChanged('tools'),
    logging: {},
    extensions: { [tasksExtension]: {} },
    ...(prompts === undefined ? {} : { prompts: listChanged('prompts') }),
    ...(resources === undefined
      ? {}
      : {
          resources: {
            ...listChanged('resources'),
            ...(resources.onUpdated === undefined ? {} : { subscribe: true }),
          },
        }),
    ...(prompts === undefined && resources === undefined ? {} : { completions: {} }),
  }
}
