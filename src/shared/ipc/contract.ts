import { z } from 'zod'
import { ApiKey, ApiKeyInput, KeyFileInput, KeyImportInput, KeyPreview, RotateInput } from '../models/api-key.ts'
import { Approval, Decision, Grant } from '../models/approval.ts'
import { Assistant, AssistantInput } from '../models/assistant.ts'
import { AuditFilter, AuditPage, AuditVerdict } from '../models/audit.ts'
import { Connection, ConnectionPlan, PlanConsent, PlanInput, ProgramId, Snippet, Trial } from '../models/connection.ts'
import { NewPolicy, Policy } from '../models/policy.ts'
import { ProviderInput, ProviderView } from '../models/provider.ts'
import { SignIn } from '../models/sign-in.ts'
import { Session } from '../models/session.ts'
import { Settings, SettingsPatch } from '../models/settings.ts'
import { Status } from '../models/status.ts'
import { TaskView } from '../models/task.ts'
import { byId, done, none } from './route-parts.ts'
import { vaultRoutes } from './vault-routes.ts'

/**
 * Every route the window and the CLI can call: the whole attack surface of the renderer, here and in `vault-routes.ts`.
 * `cli` says what the control socket asks for: `open` nothing, `password` the vault password with each call
 * (the decision is the person's, not that of a program which runs as the same user), `never` not offered there.
 */
export const routes = {
  'status.get': { input: none, output: Status, cli: 'open' },
  /** Locks and ends Clawkeep. Whoever can open the socket can also end the process. */
  'core.stop': { input: none, output: done, cli: 'open' },
  /** The same, refused by a core that a person started. */
  'core.makeWay': { input: none, output: done, cli: 'open' },

  ...vaultRoutes,

  'keys.list': { input: none, output: z.array(ApiKey), cli: 'password' },
  'keys.create': { input: ApiKeyInput, output: z.object({ key: ApiKey, secret: z.string() }), cli: 'password' },
  'keys.revoke': { input: byId, output: ApiKey, cli: 'password' },
  /** Gives the client a new key, shown once; the one it has goes on for the overlap. */
  'keys.rotate': { input: RotateInput, output: z.object({ key: ApiKey, secret: z.string() }), cli: 'password' },
  'keys.import': { input: KeyImportInput, output: KeyPreview, cli: 'password' },
  /** The person chooses a file of keys in a dialog of the system; the page gets neither its path nor its text. */
  'keys.chooseFile': {
    input: none,
    output: z.object({ fileName: z.string(), preview: KeyPreview }).nullable(),
    cli: 'never',
  },
  'keys.importFile': { input: KeyFileInput, output: KeyPreview, cli: 'never' },
  /** Deletes the file that was imported last, if it is still the same. */
  'keys.removeFile': { input: none, output: done, cli: 'never' },

  'signIns.list': { input: none, output: z.array(SignIn), cli: 'password' },
  'signIns.revoke': { input: byId, output: SignIn, cli: 'password' },

  'connect.list': { input: none, output: z.array(Connection), cli: 'password' },
  /** The exact change to a program's settings, to be looked at; nothing is changed. */
  'connect.plan': { input: PlanInput, output: ConnectionPlan, cli: 'password' },
  'connect.add': { input: PlanConsent, output: Connection, cli: 'password' },
  'connect.repair': { input: PlanConsent, output: Connection, cli: 'password' },
  'connect.undo': { input: PlanConsent, output: Connection, cli: 'password' },
  'connect.test': { input: z.strictObject({ program: ProgramId }), output: Trial, cli: 'password' },
  'connect.snippets': { input: none, output: z.array(Snippet), cli: 'open' },

  /** Who is connected now. */
  'sessions.list': { input: none, output: z.array(Session), cli: 'password' },
  /** Disconnects a program: its calls and streams end. It may connect again with its key. */
  'sessions.end': { input: byId, output: done, cli: 'password' },

  /** The tasks that clients gave to assistants: who, where, how far; not what about. */
  'tasks.list': { input: none, output: z.array(TaskView), cli: 'password' },
  /** Ends a task that waits or is at work; its client is told. */
  'tasks.cancel': { input: byId, output: TaskView, cli: 'password' },

  'approvals.list': { input: none, output: z.array(Approval), cli: 'password' },
  'approvals.get': { input: byId, output: Approval, cli: 'password' },
  'approvals.decide': {
    input: z.strictObject({ id: byId.shape.id, decision: Decision }),
    output: Approval,
    cli: 'password',
  },
  'grants.list': { input: none, output: z.array(Grant), cli: 'password' },
  'grants.revoke': { input: byId, output: done, cli: 'password' },

  'assistants.list': { input: none, output: z.array(Assistant), cli: 'password' },
  'assistants.create': { input: AssistantInput, output: Assistant, cli: 'password' },
  'assistants.start': { input: byId, output: Assistant, cli: 'password' },
  'assistants.stop': { input: byId, output: Assistant, cli: 'password' },
  'assistants.restart': { input: byId, output: Assistant, cli: 'password' },
  'assistants.remove': {
    input: z.strictObject({ id: byId.shape.id, withData: z.boolean() }),
    output: done,
    cli: 'password',
  },
  'assistants.logs': {
    input: z.strictObject({ id: byId.shape.id, lines: z.int().min(1).max(2000).default(200) }),
    output: z.array(z.string()),
    cli: 'password',
  },
  /** Looks for the container engine again, now. */
  'engine.check': { input: none, output: Status.shape.engine, cli: 'open' },

  'audit.list': { input: AuditFilter, output: AuditPage, cli: 'password' },
  'audit.verify': { input: none, output: AuditVerdict, cli: 'open' },

  'policy.get': { input: none, output: Policy, cli: 'password' },
  'policy.set': { input: z.strictObject({ policy: NewPolicy }), output: Policy, cli: 'password' },

  'settings.get': { input: none, output: Settings, cli: 'open' },
  'settings.set': { input: SettingsPatch, output: Settings, cli: 'password' },

  /** The server elsewhere that vouches for tokens; null: none. */
  'provider.get': { input: none, output: ProviderView.nullable(), cli: 'password' },
  'provider.set': { input: ProviderInput, output: ProviderView.nullable(), cli: 'password' },
  'provider.remove': { input: none, output: done, cli: 'password' },

  /** Puts a text that the window shows on the clipboard; one with the key of a client is concealed and cleared. */
  'clipboard.write': {
    input: z.strictObject({ text: z.string().max(20_000), secret: z.boolean().default(false) }),
    output: done,
    cli: 'never',
  },
} as const

export type Routes = typeof routes
/** Long work that stops, and leaves everything as it was, when the command that asked for it is ended. */
export const stoppableRoutes: ReadonlySet<string> = new Set<RouteName>([
  'vault.rotate',
  'vault.backup',
  'vault.restore',
  'vault.check',
  'import.file',
  'export.file',
  'health.check',
  'files.attach',
  'files.save',
])

export type RouteName = keyof Routes
export type RouteInput<R extends RouteName> = z.input<Routes[R]['input']>
export type ParsedInput<R extends RouteName> = z.output<Routes[R]['input']>
export type RouteOutput<R extends RouteName> = z.output<Routes[R]['output']>

/** Events say what changed; the receiver fetches it again. They carry nothing else. */
export const topics = [
  'status',
  'items',
  'files',
  'keys',
  'connections',
  'approvals',
  'grants',
  'assistants',
  'audit',
  'policy',
  'settings',
  'provider',
  'tasks',
  'sessions',
  'upkeep',
  'health',
] as const
export type Topic = (typeof topics)[number]

/** What the preload puts on `window.clawkeep`. */
export type Bridge = {
  readonly request: (route: string, input: unknown) => Promise<unknown>
  readonly subscribe: (listener: (topic: string) => void) => () => void
}
