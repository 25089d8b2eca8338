import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ClipboardHold, concealingFormats, type SystemClipboard } from '../../../src/main/window/clipboard-hold.ts'

/** The system's clipboard as other programs see it. */
class OtherSide implements SystemClipboard {
  text = ''
  concealed = false
  write(text: string, options: { concealed: boolean }): void {
    this.text = text
    this.concealed = options.concealed
  }
  readText(): Promise<string> {
    return Promise.resolve(this.text)
  }
  clear(): void {
    this.text = ''
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a secret is marked as one and is gone after its time', async () => {
  const system = new OtherSide()
  await new ClipboardHold(system).write('s3cret', { concealed: true, clearAfterMs: 30_000 })
  expect(system).toMatchObject({ text: 's3cret', concealed: true })
  await vi.advanceTimersByTimeAsync(29_999)
  expect(system.text).toBe('s3cret')
  await vi.advanceTimersByTimeAsync(1)
  expect(system.text).toBe('')
})

test('what the person copied since then stays', async () => {
  const system = new OtherSide()
  await new ClipboardHold(system).write('s3cret', { concealed: true, clearAfterMs: 30_000 })
  system.text = 'a shopping list'
  await vi.advanceTimersByTimeAsync(60_000)
  expect(system.text).toBe('a shopping list')
})

test('a second copy starts the time again', async () => {
  const system = new OtherSide()
  const hold = new ClipboardHold(system)
  await hold.write('first', { concealed: true, clearAfterMs: 30_000 })
  await vi.advanceTimersByTimeAsync(20_000)
  await hold.write('second', { concealed: true, clearAfterMs: 30_000 })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(system.text).toBe('second')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(system.text).toBe('')
})

test('a public text that replaced the secret is not cleared', async () => {
  const system = new OtherSide()
  const hold = new ClipboardHold(system)
  await hold.write('s3cret', { concealed: true, clearAfterMs: 30_000 })
  await hold.write('http://127.0.0.1:7420/mcp', { concealed: false, clearAfterMs: null })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(system.text).toBe('http://127.0.0.1:7420/mcp')
})

test('quitting takes the secret off at once', async () => {
  const system = new OtherSide()
  const hold = new ClipboardHold(system)
  await hold.write('s3cret', { concealed: true, clearAfterMs: 30_000 })
  await hold.clearIfOurs()
  expect(system.text).toBe('')
})

test.each([
  ['darwin', ['org.nspasteboard.ConcealedType', 'org.nspasteboard.TransientType']],
  [
    'win32',
    ['ExcludeClipboardContentFromMonitorProcessing', 'CanIncludeInClipboardHistory', 'CanUploadToCloudClipboard'],
  ],
  ['linux', ['x-kde-passwordManagerHint']],
] as const)('on %s a secret carries the marks that keep it out of histories and clouds', (platform, names) => {
  expect(concealingFormats(platform).map(({ name }) => name)).toEqual(names)
})

test('the marks say what their readers want: 0 to Windows, “secret” to KDE', () => {
  for (const { bytes } of concealingFormats('win32')) expect([...bytes]).toEqual([0, 0, 0, 0])
  expect(concealingFormats('linux').map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['secret'])
})
