import { basename } from 'node:path'
import type { Asker } from '../../shared/models/asker.ts'
import type { ExportChoices, ExportResult } from '../../shared/models/export.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'
import type { Items } from '../vault/items.ts'
import { paced, stopIfAborted } from '../vault/paced.ts'
import type { Vault } from '../vault/vault.ts'
import { packApart } from '../vault-import/apart.ts'
import type { ExportContent, ExportedItem } from './export-content.ts'
import { exportCsv } from './export-csv.ts'
import { checkImportable } from './import-limits.ts'
import { writeNewFile } from './new-file.ts'
import type { PackRequest } from './pack-export.ts'

type Packed = { readonly content: ExportContent; readonly files: PackRequest['files'] }

/** Writes all items, the trash and the history not, into one file. The caller has asked for the vault password. */
export class VaultExport {
  readonly #vault: Vault
  readonly #audit: Pick<AuditLog, 'around'>
  readonly #clock: Clock

  constructor(parts: { vault: Vault; audit: Pick<AuditLog, 'around'>; clock: Clock }) {
    this.#vault = parts.vault
    this.#audit = parts.audit
    this.#clock = parts.clock
  }

  /**
   * Throws AppError locked, conflict for a file that is there, too_large for what an import would not take again, damaged
   * for an item that does not open, and what writing throws. Nothing is left behind then.
   */
  async write(
    path: string,
    choices: ExportChoices,
    {
      force,
      asker,
      signal = new AbortController().signal,
    }: { readonly force: boolean; readonly asker: Asker; readonly signal?: AbortSignal | undefined },
  ): Promise<ExportResult> {
    return this.#audit.around({ kind: 'vault.export', asker, target: choices.format }, async (op) => {
      const isPlain = choices.format === 'json' || choices.format === 'csv'
      const packed = await this.#collect(!isPlain, signal)
      const bytes = await bytesOf(packed, choices, signal)
      checkImportable({ fileBytes: bytes.length })
      // A lock meanwhile ends it: what was collected is not written for a vault that is locked.
      this.#vault.items.list()
      stopIfAborted(signal)
      await writeNewFile(path, bytes, { force, signal })
      op.note({ bytesOut: bytes.length })
      const all = packed.content.items.reduce((sum, { files }) => sum + files.length, 0)
      return {
        fileName: basename(path),
        items: packed.content.items.length,
        files: packed.files.length,
        filesLeftOut: all - packed.files.length,
        bytes: bytes.length,
      }
    })
  }

  async #collect(withFiles: boolean, signal: AbortSignal): Promise<Packed> {
    const { items } = this.#vault
    const files: Array<PackRequest['files'][number]> = []
    const exported: ExportedItem[] = []
    let total = 0
    const opened = await paced(openAll(items), { signal })
    for (const { id, overview, details } of opened) {
      stopIfAborted(signal)
      const own: ExportedItem['files'] = []
      for (const file of overview.files === 0 ? [] : items.files.list(id)) {
        const place = withFiles ? `files/${files.length + 1}` : null
        own.push({ name: file.name, path: place })
        if (place === null) continue
        total += file.bytes
        checkImportable({ files: files.length + 1, fileBytes: total })
        files.push({ path: place, bytes: await this.#fileBytes(file.id, file.bytes) })
      }
      const { kind, name, hosts, userName, tags, favourite, createdAtMs, updatedAtMs, expiresAtMs, rotateByMs } =
        overview
      const { secret, notes, totp, fields } = details
      exported.push({
        kind,
        name,
        hosts,
        userName,
        secret,
        notes,
        totp,
        fields: fields.map(({ name: field, hidden, value }) => ({ name: field, hidden, value })),
        tags,
        favourite,
        createdAtMs,
        updatedAtMs,
        expiresAtMs,
        rotateByMs,
        files: own,
      })
    }
    return { content: { clawkeep: 'export', version: 1, exportedAtMs: this.#clock.now(), items: exported }, files }
  }

  async #fileBytes(id: string, size: number): Promise<Uint8Array> {
    const whole = Buffer.alloc(size)
    let at = 0
    for await (const part of this.#vault.items.files.read(id)) at += part.copy(whole, at)
    return whole
  }
}

/** Opens every item; yields after each. One that was removed meanwhile is not exported. */
function* openAll(items: Items): Generator<void, ReadonlyArray<ReturnType<Items['whole']> & { readonly id: string }>> {
  const opened: Array<ReturnType<Items['whole']> & { readonly id: string }> = []
  const all = items.list()
  checkImportable({ items: all.length })
  let textBytes = 0
  for (const { id } of all) {
    if (items.has(id)) {
      const whole = items.whole(id)
      // Early, so that not all of it is held in memory first: a text has never fewer bytes than characters.
      textBytes += whole.details.fields.reduce((sum, { value }) => sum + value.length, whole.details.notes.length)
      checkImportable({ textBytes })
      opened.push({ id, ...whole })
    }
    yield
  }
  return opened
}

async function bytesOf({ content, files }: Packed, choices: ExportChoices, signal: AbortSignal): Promise<Uint8Array> {
  const { format, filePassword, recipients } = choices
  if (format === 'csv') return textOf(exportCsv(content.items))
  if (format === 'json') return textOf(`${JSON.stringify(content, null, 2)}\n`)
  const lock: PackRequest['lock'] =
    filePassword === null
      ? { kind: 'age', recipients }
      : format === 'age'
        ? { kind: 'age', passphrase: filePassword }
        : { kind: 'archive', password: filePassword }
  const text = JSON.stringify(content)
  checkImportable({ textBytes: Buffer.byteLength(text) })
  return packApart({ content: text, files, lock }, { signal })
}

function textOf(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  checkImportable({ textBytes: bytes.length })
  return bytes
}
