import { z } from 'zod'
import {
  AttachedFile,
  FileJob,
  ItemInput,
  ItemOverview,
  ItemPatch,
  ItemVersion,
  ItemView,
  SecretField,
  TotpCode,
  TrashedItem,
} from '../models/item.ts'
import { ImportChoices, ImportFileInput, ImportFileResult, ImportPreview, ImportProgress } from '../models/import.ts'
import { HealthInput, HealthResult, HealthView } from '../models/health.ts'
import { ExportChoices, ExportFileInput, ExportResult } from '../models/export.ts'
import { Paper } from '../models/kit.ts'
import { QuickUnlockState } from '../models/status.ts'
import { CheckResult, Cost, RestoreInput, Upkeep } from '../models/upkeep.ts'
import { byId, done, none } from './route-parts.ts'

const Password = z.string().min(1, 'Type the password.').max(1024, 'A password has at most 1,024 characters.')

const FilePath = z.string().min(1).max(4096)
const NewPassword = Password.min(10, 'Use at least 10 characters.')
const Words = z.string().max(1000, 'These are more than 24 words.')
/** The person was told that the vault file is older than one that was seen before, and opens it as it is. */
const acceptOlder = { acceptOlder: z.boolean().default(false) }
const KitInput = z.strictObject({ words: Words, paper: Paper })
/** Shown once: nothing keeps them but the person. */
const RecoveryWords = z.object({ recoveryWords: z.string() })

/** The routes to the vault: what is in it, the ways into it, and what is done with it as a whole. See `contract.ts`. */
export const vaultRoutes = {
  'vault.create': {
    input: z.strictObject({ password: NewPassword }),
    output: RecoveryWords,
    cli: 'open',
  },
  'vault.unlock': { input: z.strictObject({ password: Password, ...acceptOlder }), output: done, cli: 'open' },
  /** Opens the vault with its recovery words and sets a new password. */
  'vault.recover': {
    input: z.strictObject({ words: Words, newPassword: NewPassword, ...acceptOlder }),
    output: done,
    cli: 'open',
  },
  /** Makes other recovery words; the password is asked for in the window too. */
  'vault.renewWords': { input: z.strictObject({ password: Password }), output: RecoveryWords, cli: 'password' },
  /** The person says that the newest recovery words, which the window has shown, are on paper. */
  'vault.confirmWords': { input: none, output: done, cli: 'never' },
  /** Gives the password again, so that secrets can be opened in the window for the next minutes. */
  'vault.confirm': { input: z.strictObject({ password: Password }), output: done, cli: 'never' },
  /** These three end or change a way into the vault: the password is asked for in the window too. */
  'vault.changePassword': {
    input: z.strictObject({ password: Password, newPassword: NewPassword }),
    output: done,
    cli: 'password',
  },
  'vault.removeWords': { input: z.strictObject({ password: Password }), output: done, cli: 'password' },
  'vault.calibrate': { input: z.strictObject({ password: Password }), output: Cost, cli: 'password' },
  /** Gives the vault a new key: the next epoch. */
  'vault.rotate': { input: none, output: z.object({ epoch: z.int() }), cli: 'password' },
  /** Only the command line may name a file. */
  'vault.backup': {
    input: z.strictObject({ file: z.string().min(1).max(4096).nullable() }),
    output: z.object({ file: z.string(), items: z.int() }),
    cli: 'password',
  },
  /** Asks for the password of the backup by itself, under the limit of all passwords. */
  'vault.restore': {
    input: RestoreInput,
    output: z.object({ items: z.int(), keptAside: z.string().nullable() }),
    cli: 'open',
  },
  /** The person chooses a backup in a dialog of the system; the page gets its name, not its path. */
  'vault.chooseBackup': { input: none, output: z.object({ fileName: z.string() }).nullable(), cli: 'never' },
  /** Opens every row; with `rescue`, what opens is put into a new file, and the vault is locked. */
  'vault.check': { input: z.strictObject({ rescue: z.boolean() }), output: CheckResult, cli: 'password' },
  /** How it stands with backups, rotation and what runs. */
  'upkeep.get': { input: none, output: Upkeep, cli: 'password' },
  'upkeep.cancel': { input: none, output: done, cli: 'password' },
  'vault.lock': { input: none, output: done, cli: 'open' },
  /** Tells that the person is there, so that the idle lock starts again. */
  'vault.stayAwake': { input: none, output: done, cli: 'never' },

  /** Whether this computer may open the vault, and why it cannot be set up (null: it can). */
  'quickUnlock.get': {
    input: none,
    output: z.object({ state: QuickUnlockState, problem: z.string().nullable() }),
    cli: 'never',
  },
  /** The password is asked for in the window too. */
  'quickUnlock.turnOn': { input: z.strictObject({ password: Password }), output: done, cli: 'never' },
  'quickUnlock.turnOff': { input: none, output: done, cli: 'never' },
  'quickUnlock.unlock': { input: none, output: done, cli: 'never' },

  /** The sheet with the recovery words, as a PDF; asks in a dialog of the system where it goes. */
  'kit.save': { input: KitInput, output: z.object({ saved: z.boolean() }), cli: 'never' },
  /** Of the command line alone: a page names no files. */
  'kit.file': { input: KitInput.extend({ path: FilePath }), output: done, cli: 'password' },

  'items.list': { input: none, output: z.array(ItemOverview), cli: 'password' },
  /** As `items.list`, and how many items do not open: they stand in no list. In one, because each call without a running core derives the key. */
  'items.inventory': {
    input: none,
    output: z.object({ items: z.array(ItemOverview), damaged: z.int() }),
    cli: 'password',
  },
  'items.get': { input: byId, output: ItemView, cli: 'password' },
  'items.add': { input: ItemInput, output: ItemOverview, cli: 'password' },
  'items.edit': {
    input: z.strictObject({ id: byId.shape.id, patch: ItemPatch }),
    output: ItemOverview,
    cli: 'password',
  },
  /** Into the trash, for 30 days. */
  'items.remove': { input: byId, output: done, cli: 'password' },
  /** One field, of now or of an earlier version. */
  'items.reveal': {
    input: z.strictObject({ id: byId.shape.id, field: SecretField, revision: z.int().positive().optional() }),
    output: z.string(),
    cli: 'password',
  },
  /** Puts the value on the clipboard without the renderer seeing it; cleared after 30 s if it is still there. */
  'items.copy': {
    input: z.strictObject({ id: byId.shape.id, field: z.union([SecretField, z.literal('code')]) }),
    output: done,
    cli: 'never',
  },
  /** The one-time code of now; never its seed. */
  'items.code': { input: byId, output: TotpCode, cli: 'password' },
  'items.history': { input: byId, output: z.array(ItemVersion), cli: 'password' },
  'items.restoreVersion': {
    input: z.strictObject({ id: byId.shape.id, revision: z.int().positive() }),
    output: ItemOverview,
    cli: 'password',
  },

  'trash.list': { input: none, output: z.array(TrashedItem), cli: 'password' },
  'trash.restore': {
    input: z.strictObject({ id: byId.shape.id, name: ItemPatch.shape.name }),
    output: ItemOverview,
    cli: 'password',
  },
  /** For good. */
  'trash.erase': { input: byId, output: done, cli: 'password' },
  'trash.empty': { input: none, output: z.object({ erased: z.int() }), cli: 'password' },

  /** For the CLI only: in the window the person chooses the file in a dialog. */
  'files.attach': {
    input: z.strictObject({ itemId: byId.shape.id, path: FilePath }),
    output: AttachedFile,
    cli: 'password',
  },
  'files.save': { input: z.strictObject({ id: byId.shape.id, path: FilePath }), output: done, cli: 'password' },
  /** Null when the person chose none. The page gets neither its path nor its content. */
  'files.choose': {
    input: z.strictObject({ itemId: byId.shape.id }),
    output: AttachedFile.nullable(),
    cli: 'never',
  },
  'files.saveAs': { input: byId, output: z.object({ saved: z.boolean() }), cli: 'never' },
  'files.work': { input: none, output: z.array(FileJob), cli: 'never' },
  /** Nothing is left of a file whose attaching or saving is cancelled. */
  'files.cancel': { input: byId, output: done, cli: 'never' },
  /** For good; a file has no trash of its own. */
  'files.remove': { input: byId, output: done, cli: 'password' },

  /** The person chooses a file in a dialog of the system; the page gets neither its path nor its content. */
  'import.chooseFile': { input: none, output: z.object({ fileName: z.string() }).nullable(), cli: 'never' },
  'import.chooseKeyFile': { input: none, output: z.object({ fileName: z.string() }).nullable(), cli: 'never' },
  'import.preview': { input: ImportChoices, output: ImportPreview, cli: 'never' },
  'import.take': { input: ImportChoices, output: ImportPreview, cli: 'never' },
  'import.progress': { input: none, output: ImportProgress, cli: 'never' },
  /** Ends what is under way and forgets what was read. */
  'import.cancel': { input: none, output: done, cli: 'never' },
  /** Overwrites and deletes the file that was imported last, if it is still the same. */
  'import.shredFile': { input: none, output: done, cli: 'never' },
  /** Of the command line alone: a page names no files. */
  'import.file': { input: ImportFileInput, output: ImportFileResult, cli: 'password' },

  /** Asks in a dialog of the system where it goes; null: the person chose no place. The vault password is asked for here too. */
  'export.write': {
    input: z.strictObject({ password: Password, choices: ExportChoices }),
    output: ExportResult.nullable(),
    cli: 'never',
  },
  /** Ends an export of the window that is under way; nothing of it stays. */
  'export.cancel': { input: none, output: done, cli: 'never' },
  /** Of the command line alone: a page names no files. */
  'export.file': { input: ExportFileInput, output: ExportResult, cli: 'password' },

  /** How the check of all secrets stands, and its last result. */
  'health.get': { input: none, output: HealthView, cli: 'password' },
  /** Opens every secret and says which are weak, used twice, old, unused, expiring or breached; never what they are. */
  'health.check': { input: HealthInput, output: HealthResult, cli: 'password' },
  /** The person chooses a list of breached hashes in a dialog of the system; the page gets its name, not its path. */
  'health.chooseList': { input: none, output: z.object({ fileName: z.string() }).nullable(), cli: 'never' },
  'health.cancel': { input: none, output: done, cli: 'password' },
} as const
