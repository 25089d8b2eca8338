import { expect, test } from 'vitest'
import { AppError } from '../../../src/shared/app-error.ts'
import { noticeHtml } from '../../../src/main/window/notice-page.ts'
import { startFailed } from '../../../src/main/window/notices.ts'

test('text in a notice is never markup', () => {
  const html = noticeHtml({ title: '<b>', message: '"><script>x</script>', hint: "'&" })
  expect(html).not.toMatch(/<script|<b>/)
  expect(html).toContain('&#34;&#62;&#60;script')
  expect(html).toContain('&#39;&#38;')
})

test('an expected failure at start is told with what to do; the text of a bug is not', () => {
  expect(
    startFailed(new AppError('in_use', 'Another Clawkeep (process 12) uses this folder.', { hint: 'Close it first.' })),
  ).toEqual({
    title: 'Clawkeep could not start',
    message: 'Another Clawkeep (process 12) uses this folder.',
    hint: 'Close it first.',
  })
  expect(JSON.stringify(startFailed(new Error('the password is hunter2')))).not.toContain('hunter2')
})
