import { describe, expect, test } from 'vitest'
import { isTrustedSender, type MessageSender, type TrustedWindow } from '../../../src/main/ipc/sender.ts'

const ours = { id: 7, mainFrame: { processId: 4, routingId: 1 } }
type Frame = NonNullable<MessageSender['senderFrame']>
const page: Frame = { origin: 'app://clawkeep', url: 'app://clawkeep/', parent: null, ...ours.mainFrame }
const from = (frame: Partial<Frame> | null, id = ours.id): MessageSender => ({
  senderFrame: frame === null ? null : { ...page, ...frame },
  sender: { id },
})

describe('who may speak to the main process', () => {
  test('our own page in our own window may', () => {
    expect(isTrustedSender(from({}), ours)).toBe(true)
    expect(isTrustedSender(from({ url: 'app://clawkeep/index.html#/keys' }), ours)).toBe(true)
  })

  const attacks: ReadonlyArray<[string, MessageSender, TrustedWindow | null]> = [
    ['a frame that has navigated away', from(null), ours],
    ['a frame that is being replaced by one of another process', from({ processId: 3 }), ours],
    ['a frame that is being replaced in its own process', from({ routingId: 9 }), ours],
    ['a child frame of our own origin', from({ parent: page }), ours],
    ['a window that is not ours', from({}, 8), ours],
    ['a message with our frame from another window', from({}), { ...ours, id: 8 }],
    ['any page while there is no window', from({}), null],
    ['a web page', from({ origin: 'https://example.com', url: 'https://example.com/' }), ours],
    ['a local file', from({ origin: 'file://', url: 'file:///tmp/page.html' }), ours],
    ['a sandboxed document with our address', from({ origin: 'null' }), ours],
    ['about:blank that inherited our origin', from({ url: 'about:blank' }), ours],
    ['an empty address', from({ url: '' }), ours],
    ['a host that begins like ours', from({ origin: 'app://clawkeep.evil', url: 'app://clawkeep.evil/' }), ours],
    ['another host of our scheme', from({ origin: 'app://other', url: 'app://other/' }), ours],
    ['our host with a port', from({ origin: 'app://clawkeep:1', url: 'app://clawkeep:1/' }), ours],
    ['our host in another scheme', from({ origin: 'https://clawkeep', url: 'https://clawkeep/' }), ours],
    ['our name in another case', from({ origin: 'app://Clawkeep', url: 'app://Clawkeep/' }), ours],
    ['our address as the user of another', from({ origin: 'app://evil', url: 'app://clawkeep@evil/' }), ours],
    ['an address with our origin but another page', from({ url: 'data:text/html,hello' }), ours],
    ['developer tools', from({ origin: 'devtools://devtools', url: 'devtools://devtools/bundled/x.html' }), ours],
  ]
  test.each(attacks)('%s is refused', (_name, message, window) => {
    expect(isTrustedSender(message, window)).toBe(false)
  })
})
