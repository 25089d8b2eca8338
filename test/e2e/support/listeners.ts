import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A TCP and a UDP listener on loopback that count what reaches them: the outside world of an attack. */
export type Listeners = {
  readonly port: number
  readonly heard: () => ReadonlyArray<string>
  readonly close: () => Promise<void>
}

export async function listen(): Promise<Listeners> {
  const heard: string[] = []
  const tcp = createServer((socket) => {
    heard.push('a connection')
    socket.destroy()
  })
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve))
  const address = tcp.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const udp = createSocket('udp4', () => heard.push('a datagram'))
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve))
  return {
    port,
    heard: () => heard,
    close: async () => {
      await new Promise((resolve) => tcp.close(resolve))
      await new Promise<void>((resolve) => udp.close(resolve))
    },
  }
}
