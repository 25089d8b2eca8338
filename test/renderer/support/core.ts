import { type Answers, createBridge, type TestBridge } from './bridge.ts'
import { aPlan, aProgram, someSnippets } from './connect-samples.ts'
import { anApiKey, anApproval, anAssistant, anItem, aStatus } from './samples.ts'
import { someUpkeep } from './upkeep-sample.ts'

/** The other end with one of each thing; `more` answers what a test needs besides. */
export function core(more: Answers = {}): TestBridge {
  return createBridge({
    'status.get': () => aStatus(),
    'items.list': () => [anItem()],
    'items.get': ({ id }) => ({
      ...anItem({ id }),
      fields: [],
      fileList: [],
      sealed: ['secret', 'notes'],
      versions: 0,
    }),
    'trash.list': () => [],
    'files.work': () => [],
    'health.get': () => ({ running: null, result: null, listName: null }),
    'keys.list': () => [anApiKey()],
    'signIns.list': () => [],
    'connect.list': () => [aProgram()],
    'connect.plan': ({ act }) => aPlan({ act }),
    'connect.snippets': () => [...someSnippets],
    'provider.get': () => null,
    'upkeep.get': () => someUpkeep(),
    'quickUnlock.get': () => ({ state: 'off', problem: null }),
    'assistants.list': () => [anAssistant()],
    'tasks.list': () => [],
    'approvals.list': () => [anApproval()],
    'assistants.logs': () => ['listening', '\u001b[32mgreen\u001b[0m\u202E'],
    ...more,
  })
}

/** What was sent to a route the first time it was asked. */
export function inputOf(bridge: TestBridge, route: string): unknown {
  return bridge.calls.find((call) => call.route === route)?.input
}
