import { join } from 'node:path'
import { AppError } from '../shared/app-error.ts'
import type { Asker } from '../shared/models/asker.ts'
import type { Status } from '../shared/models/status.ts'
import { Approvals } from './approvals/approvals.ts'
import { Gate } from './approvals/gate.ts'
import { Supervisor } from './assistants/supervisor.ts'
import type { AppOptions } from './app-options.ts'
import { AuditLog } from './audit/audit-log.ts'
import { createAssistantEgress } from './broker/assistant-egress.ts'
import { Broker } from './broker/broker.ts'
import { ChangeEvents } from './change-events.ts'
import { systemClock } from './clock.ts'
import { lazyConnections } from './connect/lazy-connections.ts'
import { thisMachine } from './connect/machine.ts'
import { controlAddress } from './control/control-address.ts'
import { ControlServer } from './control/control-server.ts'
import { lockHome } from './db/home-lock.ts'
import { DueReminder } from './due-reminder.ts'
import { FileWork } from './file-work.ts'
import { Health } from './health/health.ts'
import { IdleLock } from './idle-lock.ts'
import { createHandlers } from './ipc/handlers/handlers.ts'
import { PasswordDoor } from './ipc/password-door.ts'
import { RecentPassword } from './ipc/recent-password.ts'
import { Router } from './ipc/router.ts'
import { secretOpener } from './ipc/secret-opener.ts'
import { keepItems } from './keep-items.ts'
import { Answers } from './mcp/answers.ts'
import { ApiKeys } from './mcp/api-keys.ts'
import { DoorKeeper } from './mcp/door-keeper.ts'
import { KeyImport } from './mcp/key-import.ts'
import { mcpMaker } from './mcp/mcp-maker.ts'
import { ProviderStore } from './mcp/provider-store.ts'
import { findNewerVault } from './newer-vault.ts'
import { noClipboard, noFiles, noShortcut } from './no-window.ts'
import { noteRestore } from './note-restore.ts'
import { SignIns } from './oauth/sign-ins.ts'
import { PolicyStore } from './policy/policy-store.ts'
import { QuickUnlock } from './quick-unlock.ts'
import { reportBug } from './report-bug.ts'
import { SettingsStore } from './settings/settings-store.ts'
import { Tasks } from './tasks/tasks.ts'
import { describeVault } from './vault-status.ts'
import { Upkeep } from './upkeep.ts'
import { VaultExport } from './vault-export/vault-export.ts'
import { VaultImport } from './vault-import/vault-import.ts'
import { Vault } from './vault/vault.ts'

/** The whole core, made and wired; without electron, so the CLI and the tests run the same one. */
export type App = {
  readonly router: Router
  readonly events: ChangeEvents
  readonly settings: SettingsStore
  readonly approvals: Approvals
  readonly status: () => Status
  /** Opens the doors: control socket, MCP server, container engine. `port` null: the next free one from the settings' port. */
  readonly start: (options?: { port: number | null }) => Promise<void>
  readonly lock: (asker: Asker) => Promise<void>
  readonly stayAwake: () => void
  /** When it may be said that items are due. */
  readonly dueReminder: DueReminder
  /** Denies what waits, stops every container, locks, closes. Safe to call twice. */
  readonly dispose: () => Promise<void>
}

/**
 * Makes every object once, in order. Throws AppError when another Clawkeep owns the home (in_use) or its files cannot be
 * used (damaged, too_new, read_only, no_permission); nothing is changed then.
 */
export function createApp(options: AppOptions): App {
  const { home, version, resourcesDir, clipboard = noClipboard, idleLock: useIdleLock = true } = options
  const homeLock = lockHome(home, options)
  const undo = [() => homeLock.release()]
  try {
    return compose()
  } catch (error) {
    for (const step of undo.toReversed()) step()
    throw error
  }

  function compose(): App {
    const clock = systemClock
    const events = new ChangeEvents()
    const settings = new SettingsStore({ home, events })
    const vault = Vault.open({ file: join(home, 'vault.db'), clock, events })
    undo.push(() => vault.close())
    const audit = AuditLog.open({ file: join(home, 'audit.db'), clock, vault, events })
    vault.findNewer = findNewerVault({ home, audit })
    noteRestore(audit, options.restoredBy)
    const { items, records } = vault
    const policy = new PolicyStore({ records, events, vault, clock })
    const approvals = new Approvals({
      vault,
      records,
      audit,
      clock,
      events,
      timeoutMs: () => settings.get().approvalTimeoutSeconds * 1_000,
    })
    const gate = new Gate({ vault, audit, policy, approvals, clock })
    const broker = new Broker({ items, vault, policy: () => policy.get() })
    const supervisor = new Supervisor({
      records,
      audit,
      events,
      clock,
      home,
      resourcesDir,
      vault,
      egress: createAssistantEgress({ broker, gate }),
    })
    const apiKeys = new ApiKeys({ records, clock, events, vault })
    const keyImport = new KeyImport({ apiKeys, audit, clock, chooseFile: options.chooseFile ?? noFiles })
    const vaultExport = new VaultExport({ vault, audit, clock })
    const vaultImport = new VaultImport({ vault, audit })
    const health = new Health({ vault, audit, clock, events })
    const tasks = new Tasks({ records, clock, events, vault })
    const signIns = new SignIns({ records, clock, events, vault, settings })
    const answers = new Answers({ clock, onLock: (listener) => vault.onLock(listener) })
    const upkeep = new Upkeep({ home, vault, audit, settings, clock, events })
    const quickUnlock = new QuickUnlock({ home, vault, settings, clock, events, keychain: options.keychain ?? null })
    const passwordDoor = new PasswordDoor({ vault, audit })
    const recentPassword = new RecentPassword(clock, vault)
    keepItems({ vault, audit, events })
    const idleLock = new IdleLock({
      clock,
      minutes: () => settings.get().autoLockMinutes,
      lock: () => void lock({ kind: 'system', id: 'core' }),
    })
    if (useIdleLock) vault.onUnlock(() => idleLock.start())
    vault.onLock(() => idleLock.stop())

    const provider = new ProviderStore({ records, vault, events, fixed: options.provider ?? null })
    const door = new DoorKeeper({
      create: mcpMaker({
        home,
        version,
        vault,
        items,
        records,
        policy,
        approvals,
        gate,
        broker,
        supervisor,
        audit,
        clock,
        events,
        apiKeys,
        signIns,
        provider,
        tasks,
        answers,
      }),
      settings,
      isUnlocked: () => vault.state === 'unlocked',
      events,
      overrides: options.door ?? {},
    })
    const status = (): Status => ({
      version,
      home,
      pid: process.pid,
      ...describeVault(vault),
      quickUnlock: quickUnlock.state(),
      locksAtMs: idleLock.locksAtMs(),
      ...door.state(),
      engine: supervisor.engineState(),
      pendingApprovals: approvals.pendingCount,
      auditProblem: audit.problem,
    })
    const connections = lazyConnections({
      home,
      machine: options.machine ?? thisMachine(),
      launcher: options.launcher ?? null,
      vault,
      apiKeys,
      audit,
      clock,
      events,
      mcpUrl: () => door.state().mcpUrl,
      usualUrl: () => `http://127.0.0.1:${settings.get().mcpPort}/mcp`,
    })
    const router = new Router({
      handlers: createHandlers({
        vault,
        audit,
        approvals,
        apiKeys,
        keyImport,
        vaultImport,
        vaultExport,
        choosePath: options.choosePath ?? noFiles,
        health,
        signIns,
        connections: () => connections.get(),
        supervisor,
        tasks,
        policy,
        settings,
        door,
        provider,
        events,
        idleLock,
        passwordDoor,
        quickUnlock,
        upkeep,
        chooseBackup: options.chooseBackup ?? noFiles,
        clipboard,
        lockShortcut: options.lockShortcut ?? noShortcut,
        fileDialogs: options.fileDialogs ?? { open: noFiles, save: noFiles },
        fileWork: new FileWork(events),
        recentPassword,
        openSecret: secretOpener(clock, recentPassword),
        status,
        lock,
        makesWay: options.makesWay ?? false,
        stop,
      }),
      withPassword: (password, run) => passwordDoor.through(password, run),
      onBug: reportBug,
    })
    const control = new ControlServer({ router, address: controlAddress(home) })

    /** The entry is written first when it can be; a log that cannot be written never keeps a vault open. */
    async function lock(asker: Asker): Promise<void> {
      if (vault.state !== 'unlocked') return
      const written = audit.event({ kind: 'vault.lock', asker }).catch(() => undefined)
      vault.lock()
      await written
    }

    let endedBy: Asker = { kind: 'system', id: 'core' }
    function stop(asker: Asker): void {
      endedBy = asker
      // Whoever asked has the answer before the socket closes.
      setImmediate(options.onStop ?? dispose)
    }
    let disposing: Promise<void> | null = null
    const dispose = (): Promise<void> => (disposing ??= disposeAll())

    async function start({ port }: { port: number | null } = { port: null }): Promise<void> {
      await control.listen()
      await door.open(port)
      if (disposing !== null) return // The end may have come while the library was loaded.
      events.emit('status')
      // It watches what is connected from now on.
      void connections.get().catch((error: unknown) => reportBug('connections', error))
      void supervisor.reconcile().catch((error: unknown) => {
        // What was to be expected (an engine away, a full disk) is in the assistants' states and in the status.
        if (!(error instanceof AppError)) reportBug('reconcile', error)
      })
    }

    /** One order; a step that fails must not keep the keys in memory or the home locked. */
    async function disposeAll(): Promise<void> {
      idleLock.stop()
      const steps: ReadonlyArray<readonly [name: string, end: () => void | Promise<void>]> = [
        ['approvals', () => approvals.dispose()],
        ['MCP server', () => door.close()],
        ['upkeep', () => upkeep.dispose()],
        ['health', () => health.cancel()],
        ['tasks', () => tasks.dispose()],
        ['assistants', () => supervisor.dispose()],
        ['control socket', () => control.close()],
        ['lock', () => lock(endedBy)],
        ['connections', () => connections.dispose()],
        ['API keys', () => apiKeys.dispose()],
        ['sign-ins', () => signIns.dispose()],
        // A log that cannot be written has said so already.
        ['gate', () => gate.flush()],
        ['audit log', () => audit.flush().catch(() => undefined)],
        ['audit log', () => audit.close()],
        ['vault', () => vault.close()],
        ['home lock', () => homeLock.release()],
      ]
      for (const [name, end] of steps) {
        try {
          await end()
        } catch (error) {
          reportBug(`the end of the ${name}`, error)
        }
      }
    }

    return {
      router,
      events,
      settings,
      approvals,
      status,
      start,
      lock,
      stayAwake: () => idleLock.stayAwake(),
      dueReminder: new DueReminder({ records, clock }),
      dispose,
    }
  }
}
