import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { AppError } from '../../shared/app-error.ts'
import { createAuthority } from '../assistants/certificate-authority.ts'

/** What TLS needs, and what a person compares on the other device. */
export type LoadedCertificate = {
  readonly key: string
  readonly cert: string
  /** SHA-256 of the certificate: `AB:CD:…`. */
  readonly fingerprint: string
  readonly expiresAtMs: number
  /** The certificate another device is to trust; null for the person's own files, whose issuer it knows. */
  readonly authorityFile: string | null
  /** Writes it down, when it is new. Until then the files hold the one before, which may still be shown to clients. */
  readonly keep: () => void
}

export type CertificateFiles = { readonly certificateFile: string; readonly keyFile: string }

const maxFileBytes = 1024 * 1024
/** Made anew this long before it ends, so that no client ever meets an expired one. */
const renewBeforeMs = 30 * 86_400_000

/**
 * Reads the person's PEM files: the certificate with its chain, and its key. Throws AppError invalid, not_found or
 * no_permission that names the file and what is wrong with it.
 */
export function readCertificate({ certificateFile, keyFile }: CertificateFiles, nowMs: number): LoadedCertificate {
  const cert = readPem(certificateFile, 'certificate')
  return checkCertificate(cert, readPem(keyFile, 'key'), nowMs)
}

function checkCertificate(cert: string, key: string, nowMs: number): LoadedCertificate {
  const parsed = parseCertificate(cert)
  const privateKey = parseKey(key)
  const expiresAtMs = Date.parse(parsed.validTo)
  if (!parsed.checkPrivateKey(privateKey))
    throw wrong('The key does not belong to the certificate.', 'Choose the two files that were made together.')
  if (nowMs >= expiresAtMs)
    throw wrong(`The certificate has expired on ${day(expiresAtMs)}.`, 'Renew it, then save again.')
  if (nowMs < Date.parse(parsed.validFrom))
    throw wrong(
      `The certificate is valid only from ${day(Date.parse(parsed.validFrom))}.`,
      'Check the clock of this computer.',
    )
  try {
    createSecureContext({ key, cert, minVersion: 'TLSv1.3' })
  } catch (error) {
    throw wrong(
      'The certificate cannot be used for TLS 1.3.',
      'Make one with an EC key or with RSA of 2048 bits.',
      error,
    )
  }
  return { key, cert, fingerprint: parsed.fingerprint256, expiresAtMs, authorityFile: null, keep: () => undefined }
}

/**
 * The certificate that Clawkeep makes itself, for the names `offered`; kept in `folder` and made anew when it ends soon or
 * lacks one that is `needed`. The key of its authority is never kept: a device that trusts the authority trusts this one certificate and no other.
 */
export function localCertificate(
  folder: string,
  needed: ReadonlyArray<string>,
  offered: ReadonlyArray<string>,
  nowMs: number,
): LoadedCertificate {
  const files = { certificateFile: join(folder, 'certificate.pem'), keyFile: join(folder, 'key.pem') }
  const authorityFile = join(folder, 'authority.pem')
  try {
    const kept = readCertificate(files, nowMs)
    const parsed = new X509Certificate(kept.cert)
    const isEnough = needed.every((name) => covers(parsed, name))
    if (isEnough && kept.expiresAtMs - nowMs > renewBeforeMs && statSync(authorityFile).isFile())
      return { ...kept, authorityFile }
  } catch {
    // Absent, expired or damaged: nothing but a new one helps.
  }
  const authority = createAuthority('Clawkeep on this computer', nowMs)
  const { key, cert } = authority.leafForAll(offered)
  const keep = (): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Not sealed in the vault: the door answers "locked" to clients while the vault is. It opens nothing but this address.
    write(files.keyFile, key)
    write(files.certificateFile, cert)
    write(authorityFile, authority.certificatePem)
  }
  return { ...checkCertificate(cert, key, nowMs), authorityFile, keep }
}

function covers(certificate: X509Certificate, name: string): boolean {
  return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
}

function readPem(file: string, what: 'certificate' | 'key'): string {
  try {
    if (statSync(file).size > maxFileBytes) throw wrong(`The ${what} file is larger than 1 MiB.`, 'Choose a PEM file.')
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('not_found', `There is no ${what} file at ${file}.`, { hint: 'Check the path.', cause: error })
    if (code === 'EACCES' || code === 'EPERM')
      throw new AppError('no_permission', `The ${what} file ${file} may not be read.`, {
        hint: 'Let your user read it, then save again.',
        cause: error,
      })
    throw wrong(`The ${what} file ${file} cannot be read.`, 'Choose a PEM file.', error)
  }
}

function parseCertificate(pem: string): X509Certificate {
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw wrong('The certificate file holds no certificate.', 'It must be PEM: “-----BEGIN CERTIFICATE-----”.')
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw wrong('The certificate file is damaged.', 'Make it again, then save.', error)
  }
}

function parseKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw wrong(
      'The key file is protected with a password.',
      'Clawkeep must open it by itself at start: choose a key without a password that only your user can read.',
    )
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw wrong('The key file holds no private key.', 'It must be PEM: “-----BEGIN PRIVATE KEY-----”.', error)
  }
}

function write(file: string, text: string): void {
  const temporary = `${file}.new`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(temporary, file)
}

function wrong(message: string, hint: string, cause?: unknown): AppError {
  return new AppError('invalid', message, { hint, cause })
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
