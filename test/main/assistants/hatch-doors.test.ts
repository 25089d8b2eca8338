import { existsSync, readFileSync, statSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codeOfPromise } from '../../support/error-code.ts'
import { makeHatch, resources } from './make-hatch.ts'

describe('the way in', () => {
  test('a connection the inside left is used for a request, and one that talks first is dropped', async () => {
    const { hatch } = await makeHatch()
    const rude = connectPlain(join(hatch.dir, 'in.sock'), () => rude.write('HTTP/1.1 200 OK\r\n\r\n'))
    await new Promise((resolve) => rude.once('close', resolve))
    const inside = connectPlain(join(hatch.dir, 'in.sock'))
    inside.on('data', (bytes) => inside.write(`you said ${bytes.toString()}`))
    const taken = await hatch.connect(1000)
    taken.write('hello')
    expect(await new Promise((resolve) => taken.once('data', (bytes) => resolve(bytes.toString())))).toBe(
      'you said hello',
    )
  })

  test('a hostile inside cannot pile up connections', async () => {
    const { hatch } = await makeHatch()
    const sockets = Array.from({ length: 40 }, () => connectPlain(join(hatch.dir, 'in.sock')))
    await expect.poll(() => sockets.filter((socket) => socket.resume().destroyed).length).toBe(24)
    for (const socket of sockets) socket.destroy()
  })

  test('waiting for a connection that does not come ends, in time or by the signal', async () => {
    const { hatch } = await makeHatch()
    expect(await codeOfPromise(hatch.connect(20))).toBe('unavailable')
    expect(await codeOfPromise(hatch.connect(10_000, AbortSignal.timeout(20)))).toBe('cancelled')
  })

  test('who waits for a connection is told at once when the hatch is closed', async () => {
    const { hatch } = await makeHatch()
    const waiting = [1, 2, 3].map(() => codeOfPromise(hatch.connect(10_000)))
    hatch.close()
    expect(await Promise.all([...waiting, codeOfPromise(hatch.connect(10_000))])).toEqual(
      Array.from({ length: 4 }, () => 'unavailable'),
    )
  }, 1000)
})

test('closing removes the folder and ends what is open', async () => {
  const { hatch } = await makeHatch()
  expect(statSync(join(hatch.dir, 'out.sock')).mode & 0o777).toBe(0o666)
  const socket = connectPlain(join(hatch.dir, 'out.sock'))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await new Promise((resolve) => socket.once('connect', resolve))
  hatch.close()
  await closed
  expect(existsSync(hatch.dir)).toBe(false)
})

test('the script in the hatch is the one of the resources', async () => {
  const { hatch } = await makeHatch()
  expect(readFileSync(join(hatch.dir, 'hatch.cjs'), 'utf8')).toBe(
    readFileSync(join(resources, 'hatch', 'hatch.cjs'), 'utf8'),
  )
})
