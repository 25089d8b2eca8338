import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPublicAddress } from '../../../src/main/broker/addresses.ts'
import { isLocalName } from '../../../src/main/broker/resolve.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

const closed = [
  // IPv4: each range at its first and last address.
  ...words(`
    0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255
    169.254.0.0 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.255.255
    198.18.0.0 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255`),
  // IPv6: unspecified, loopback, link-local, unique local, multicast, site-local, discard, documentation, Teredo, ORCHID.
  ...words(`
    :: ::1 fe80::1 febf::1 fc00::1 fd12:3456::1 ff02::1 fec0::1 100::1 2001:db8::1 3fff::1
    2001::1 2001:10::1 2001:20::1 64:ff9b:1::1 5f00::1 4000::1`),
  // A closed IPv4 address in IPv6 clothes: mapped, compatible, NAT64, 6to4.
  ...words(`
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::192.168.0.1
    2002:7f00:1:: 2002:a00:1::1 2002:c0a8:101::1 0:0:0:0:0:ffff:a9fe:a9fe`),
  // Not addresses.
  ...words('localhost 1.2.3 0x7f.1 fe80::1%eth0 2606:4700::1111%1 [::1]'),
  '',
]

const open = words(`
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
  169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 198.17.255.255 198.20.0.0 223.255.255.255
  2606:4700:4700::1111 2a00:1450:4001:81b::200e 2001:4860:4860::8888 2001:200::1
  ::ffff:1.1.1.1 64:ff9b::808:808 2002:808:808::1`)

test.each(closed)('%s is closed', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(open)('%s is open', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test('an IPv4 address is judged alike in every IPv6 form', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const expected = isPublicAddress(address)
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
      const [high, low] = [(a * 256 + b).toString(16), (c * 256 + d).toString(16)]
      expect(isPublicAddress(`::ffff:${address}`)).toBe(expected)
      expect(isPublicAddress(`::FFFF:${high}:${low}`)).toBe(expected)
      expect(isPublicAddress(`64:ff9b::${address}`)).toBe(expected)
      expect(isPublicAddress(`2002:${high}:${low}::1`)).toBe(expected)
    }),
  )
})

test('whatever IPv6 address comes, it is judged without failing', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      expect(isPublicAddress(address)).toBeTypeOf('boolean')
    }),
  )
})

// Every way to write 127.0.0.1 that URL parsers understand.
const disguises = [
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '017700000001',
  '127.1',
  '127.0.1',
  '0x7f.1',
  '1２7.0.0.1',
  '127。0。0。1',
  '%31%32%37.0.0.1',
]
test.each(disguises)('http://%s/ is this machine', (host) => {
  expect(isLocalName(new URL(`http://${host}/`))).toBe(true)
})
