import { screen, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import { ApprovalsPage } from '../../../src/renderer/src/features/approvals/approvals-page.tsx'
import type { RequestView } from '../../../src/shared/models/approval.ts'
import { core } from '../support/core.ts'
import { giveRoom, show } from '../support/render.tsx'
import { anApproval } from '../support/samples.ts'

const asking = (request: RequestView) =>
  core({ 'approvals.list': () => [anApproval({ request })], 'grants.list': () => [] })

beforeEach(giveRoom)

const fieldsBehindDepth = `{"a":${'['.repeat(150)}1${']'.repeat(150)},"list":[${'[[[[[["x"]]]]]],'.repeat(30)}0],"last":"wire the money"}`
test.each<[string, string, string]>([
  ['whose indented form would be too long', fieldsBehindDepth, '"last":"wire the money"'],
  ['of many short lines', JSON.stringify(Array.from({ length: 3_200 }, (_, at) => at % 10)) + ' '.repeat(9_000), ' '],
  ['of 16 KiB that is no JSON', `${'a=1&'.repeat(4_094)}last=end`, 'last=end'],
  ['nested as deep as 16 KiB go', '['.repeat(8_192) + ']'.repeat(8_192), ']'.repeat(8_192)],
])('shows all of a body %s once all is asked for', async (_which, text, last) => {
  const request = { ...anApproval().request, body: { text, bytes: text.length, truncated: false } }
  const user = show(<ApprovalsPage />, asking(request))
  const body = await screen.findByLabelText('Body of the request')
  expect(text.length).toBeLessThanOrEqual(16_384)
  const showAll = screen.queryByRole('button', { name: 'Show all' })
  if (showAll !== null) await user.click(showAll)
  const without = (shown: string) => shown.replaceAll(/\s/g, '')
  expect(without(body.textContent)).toBe(without(text))
  expect(body.textContent).toContain(last)
})

test('shows all of the longest header, and of its name', async () => {
  const name = `X-${'n'.repeat(200)}-end`
  // Text beyond Latin-1 goes as UTF-8: three characters for one.
  const value = `${'\u00e4\u00b8\u00bf'.repeat(32_764)}last`
  const request = { ...anApproval().request, headers: [{ name, value }] }
  const user = show(<ApprovalsPage />, asking(request))
  const card = await screen.findByRole('article')
  await user.click(screen.getByRole('button', { name: 'Show values' }))
  for (const more of within(card).getAllByRole('button', { name: /^Show \d.* more characters/ })) await user.click(more)
  expect(card.textContent).toContain(name)
  expect(card.textContent).toContain('\u00bflast')
})
