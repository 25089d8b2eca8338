import { type Zippable, zipSync } from 'fflate'
import { sealWithAge } from './age.ts'
import { sealArchive } from './archive.ts'
import { contentName } from './export-content.ts'

/** What an encrypted export is made of, and how it is locked. */
export type PackRequest = {
  /** The JSON of `ExportContent`. */
  readonly content: string
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: Uint8Array }>
  readonly lock:
    | { readonly kind: 'archive'; readonly password: string }
    | { readonly kind: 'age'; readonly passphrase: string }
    | { readonly kind: 'age'; readonly recipients: ReadonlyArray<string> }
}

/** Puts an export and its files into one encrypted file. Throws AppError invalid for what is no recipient of age. */
export async function packExport({ content, files, lock }: PackRequest): Promise<Uint8Array> {
  const zip: Zippable = { [contentName]: Buffer.from(content, 'utf8') }
  // Stored, not deflated: how well secrets compress says something of them.
  for (const { path, bytes } of files) zip[path] = bytes
  const payload = zipSync(zip, { level: 0 })
  try {
    return lock.kind === 'archive' ? await sealArchive(lock.password, payload) : await sealWithAge(lock, payload)
  } finally {
    payload.fill(0)
  }
}
