import { z } from 'zod'

const namePattern = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/
const writeHost = 'Write only the name, such as clawkeep.example.ts.net or mcp.example.org:8443.'

/** A name by which clients reach the door: `name`, `name:port`, an IPv4 address or a bracketed IPv6 address. */
export const DoorHost = z
  .string()
  .trim()
  .toLowerCase()
  .max(260, writeHost)
  .refine((text) => {
    const [, name = '', port] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? []
    return isDoorName(name) && (port === undefined || isPort(Number(port)))
  }, writeHost)

/** The exact origin of a web page, as a browser sends it: `https://claude.ai`. */
export const DoorOrigin = z
  .string()
  .trim()
  .max(300, 'An origin has at most 300 characters.')
  .refine((text) => text !== '*' && text !== 'null', 'Name each page: every page at once is not possible.')
  .refine(
    (text) => isOrigin(text),
    'Write the origin as the browser sends it: https://claude.ai, without a path and in lower case.',
  )

/** The address of a reverse proxy, or a range of them. */
export const ProxyAddress = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(
    z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
      error: 'Write an IP address or a range, such as 127.0.0.1 or 10.0.0.0/24.',
    }),
  )
  .refine((text) => !text.endsWith('/0'), 'A range of every address trusts everybody.')

const FilePath = z
  .string()
  .trim()
  .min(1, 'Write where the file is.')
  .max(4096, 'A path has at most 4,096 characters.')
  .regex(/^(\/|[A-Za-z]:[\\/]|\\\\)/, 'Write the whole path, from the root of the disk.')

/** `local`: made by Clawkeep. `files`: PEM files of the person, read again when they change. */
export const DoorCertificate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('local') }),
  z.strictObject({ kind: z.literal('files'), certificateFile: FilePath, keyFile: FilePath }),
])
export type DoorCertificate = z.infer<typeof DoorCertificate>

/** A second address, beside loopback. There is no way to write one without TLS. */
export const NetworkDoor = z.strictObject({
  address: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(
      z.union([z.ipv4(), z.ipv6()], { error: 'Write an IP address of this computer, or 0.0.0.0 for all of them.' }),
    ),
  port: z
    .int({ error: 'Write a port from 1024 to 65535.' })
    .min(1024, 'Write a port from 1024 to 65535.')
    .max(65_535, 'Write a port from 1024 to 65535.'),
  certificate: DoorCertificate,
})
export type NetworkDoor = z.infer<typeof NetworkDoor>

/** Who may reach the MCP server, and where. Loopback is always open; everything else stands here. */
export const DoorSettings = z.strictObject({
  /** `Host` values beside the loopback names. One without a port stands for itself and for the door's own ports. */
  hosts: z.array(DoorHost).max(50, 'At most 50 names.').default([]),
  origins: z.array(DoorOrigin).max(50, 'At most 50 pages.').default([]),
  /** Whose X-Forwarded-* headers are believed. */
  trustedProxies: z.array(ProxyAddress).max(50, 'At most 50 proxies.').default([]),
  network: NetworkDoor.nullable().default(null),
})
export type DoorSettings = z.infer<typeof DoorSettings>

function isDoorName(name: string): boolean {
  if (name.startsWith('[')) return z.ipv6().safeParse(name.slice(1, -1)).success
  // An address in another spelling (2130706433, 0x7f.1) is no name: browsers would reach it by that.
  if (/^[0-9.]+$/.test(name)) return z.ipv4().safeParse(name).success && name !== '0.0.0.0'
  return name.length <= 253 && namePattern.test(name)
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535
}

function isOrigin(text: string): boolean {
  if (/^chrome-extension:\/\/[a-p]{32}$/.test(text)) return true
  if (!/^https?:\/\/[^*]+$/.test(text) || !URL.canParse(text)) return false
  return new URL(text).origin === text
}
