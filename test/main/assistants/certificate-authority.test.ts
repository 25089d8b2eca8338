import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, isIP } from 'node:net'
import { connect, createServer } from 'node:tls'
import { expect, test } from 'vitest'
import { createAuthority } from '../../../src/main/assistants/certificate-authority.ts'

test('a TLS client that trusts the authority accepts its leaf for that name and no other', async () => {
  const authority = createAuthority('Clawkeep hatch of ada')
  const server = createServer(authority.leafFor('api.example.com'), (socket) => socket.end('hello'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const greet = async (servername: string): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', ca: authority.certificatePem, servername })
    try {
      await once(socket, 'secureConnect')
      return String((await once(socket, 'data'))[0])
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'failed'
    } finally {
      socket.destroy()
    }
  }
  expect(await greet('api.example.com')).toBe('hello')
  expect(await greet('other.example.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  server.close()
})

test.each(['192.0.2.7', '2001:db8::1', '::1', 'a.b.c.example'])(
  'a leaf for %s is signed by the authority and valid for just that',
  (host) => {
    const authority = createAuthority('x')
    const ca = new X509Certificate(authority.certificatePem)
    const leaf = new X509Certificate(authority.leafFor(host).cert)
    expect(leaf.verify(ca.publicKey)).toBe(true)
    expect(leaf.checkIssued(ca)).toBe(true)
    expect(leaf.ca).toBe(false)
    expect(ca.ca).toBe(true)
    expect(isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)).toBe(host)
  },
)

test('each start has its own authority: what one signs, the other does not', () => {
  const leaf = new X509Certificate(createAuthority('x').leafFor('h').cert)
  expect(leaf.verify(new X509Certificate(createAuthority('x').certificatePem).publicKey)).toBe(false)
})

test('a host named without end does not make the cache grow without end', () => {
  const authority = createAuthority('x')
  const first = authority.leafFor('0.example').cert
  for (let at = 1; at <= 256; at += 1) authority.leafFor(`${at}.example`)
  expect(authority.leafFor('0.example').cert).not.toBe(first)
})
