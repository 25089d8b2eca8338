import { describe, expect, test } from 'vitest'
import { toEngineError, toPullError } from '../../../src/main/assistants/engine-errors.ts'
import { explainExit } from '../../../src/main/assistants/exit-reason.ts'
import { cleanLine, logLines } from '../../../src/main/assistants/log-lines.ts'
import { PullProgress } from '../../../src/main/assistants/pull-progress.ts'
import { restartAfterMs } from '../../../src/main/assistants/restart-plan.ts'

describe('why a container ended', () => {
  const base = { oomKilled: false, lines: [] }

  test('out of memory names the limit and says to raise it', () => {
    const reason = explainExit('ada', 1536, { ...base, exitCode: 137, oomKilled: true })
    expect(reason.message).toBe('ada used more than its 1536 MiB of memory and was stopped (exit 137).')
    expect(reason.hint).toMatch(/^Raise the memory and start it again/)
  })

  test('a full V8 heap, which ends as an abort, is out of memory too', () => {
    const lines = ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory']
    expect(explainExit('ada', 512, { ...base, exitCode: 134, lines }).message).toContain('more than its 512 MiB')
  })

  test('a configuration that cannot be used is not tried again, and the log’s last lines are told', () => {
    const reason = explainExit('ada', 512, { ...base, exitCode: 78, lines: ['', 'bad key: gateway.bind'] })
    expect(reason.worthRestarting).toBe(false)
    expect(reason.hint).toContain('bad key: gateway.bind')
  })

  test('any other end gives its code', () => {
    expect(explainExit('ada', 512, { ...base, exitCode: 3 }).message).toBe('ada ended with exit code 3.')
  })
})

describe('when to start again', () => {
  test('waits 1, 2, 4, 8 seconds', () => {
    const exits = [0, 1000, 3000, 7000]
    expect(exits.map((_, at) => restartAfterMs(exits.slice(0, at + 1)))).toEqual([1000, 2000, 4000, 8000])
  })

  test('gives up at the fifth exit within five minutes', () => {
    expect(restartAfterMs([0, 60_000, 120_000, 180_000, 240_000])).toBeNull()
  })

  test('goes on, a minute apart at most, when the exits are far between', () => {
    const exits = Array.from({ length: 20 }, (_, at) => at * 120_000)
    expect(restartAfterMs(exits)).toBe(60_000)
  })
})

describe('log lines', () => {
  const frame = (type: number, text: string): Buffer => {
    const header = Buffer.alloc(8)
    header.writeUInt8(type, 0)
    header.writeUInt32BE(Buffer.byteLength(text), 4)
    return Buffer.concat([header, Buffer.from(text)])
  }

  test('come from both outputs in order, also when a line is split over frames', () => {
    expect(logLines(Buffer.concat([frame(1, 'one\ntw'), frame(1, 'o\n'), frame(2, 'three\n')]), 10)).toEqual([
      'one',
      'two',
      'three',
    ])
  })

  test('are the last ones asked for', () => {
    expect(logLines(frame(1, 'a\nb\nc\n'), 2)).toEqual(['b', 'c'])
  })

  test.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a window title', '\u001B]0;evil\u0007text', 'text'],
    ['bells, backspaces and carriage returns', 'a\u0007b\u0008c\rd', 'abcd'],
    ['bidi and zero-width characters', 'a\u202Eb\u200Bc\u2066d', 'abcd'],
    ['C1 controls', 'a\u009B31mb', 'a31mb'],
  ])('hold no %s', (_, dirty, clean) => {
    expect(cleanLine(dirty)).toBe(clean)
  })

  test('are cut when they are long', () => {
    expect(cleanLine('x'.repeat(10_000))).toHaveLength(2001)
  })
})

describe('the progress of a pull', () => {
  test('is the share done over all layers, and never goes back', () => {
    const progress = new PullProgress()
    expect(progress.share).toBeNull()
    progress.take({ id: 'a', status: 'Pulling fs layer' })
    progress.take({ id: 'b', status: 'Pulling fs layer' })
    progress.take({ id: 'a', status: 'Downloading', progressDetail: { current: 50, total: 100 } })
    expect(progress.share).toBeCloseTo(0.175)
    progress.take({ id: 'a', status: 'Pull complete' })
    expect(progress.share).toBeCloseTo(0.5)
    progress.take({ id: 'c', status: 'Pulling fs layer' })
    expect(progress.share).toBeCloseTo(0.5)
    for (const id of ['b', 'c']) progress.take({ id, status: 'Already exists' })
    expect(progress.share).toBe(1)
  })
})

describe('what Docker refused, in words', () => {
  const refused = (statusCode: number, message: string): Error =>
    Object.assign(new Error(`(HTTP code ${statusCode}) x - ${message}`), { statusCode })

  test.each([
    [
      500,
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      'unavailable',
      /registry/,
    ],
    [
      404,
      'pull access denied for nope, repository does not exist or may require docker login',
      'not_found',
      /no image/,
    ],
    [404, 'manifest for x:y not found: manifest unknown', 'not_found', /no image/],
    [500, 'write /var/lib/docker/tmp/x: no space left on device', 'disk_full', /disk is full/],
    [500, 'Head "https://ghcr.io/v2/": unauthorized: authentication required', 'unavailable', /login/],
  ])('a pull that ends with %i %s', (status, text, code, words) => {
    const error = toPullError(refused(status, text), 'nope:latest')
    expect(error.code).toBe(code)
    expect(error.message).toMatch(words)
    expect(error.hint).toBeTruthy()
  })

  test('an image without Node is named as such', () => {
    const error = toEngineError(
      refused(400, 'OCI runtime create failed: exec: "node": executable file not found in $PATH: unknown'),
      'start the container',
    )
    expect(error.message).toContain('no Node.js')
  })

  test('an engine that is away is told with what to do', () => {
    const error = toEngineError(
      Object.assign(new Error('connect ENOENT /var/run/docker.sock'), { code: 'ENOENT' }),
      'list containers',
    )
    expect(error.code).toBe('unavailable')
    expect(error.message).toBe('Docker does not answer: it could not list containers.')
    expect(error.hint).toContain('Start Docker')
  })
})
