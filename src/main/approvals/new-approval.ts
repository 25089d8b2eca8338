import type { Approval } from '../../shared/models/approval.ts'
import { newId } from '../ids.ts'
import type { ApprovalRow } from './approval-book.ts'
import { questionDigest, type Question } from './question.ts'
import { historyRisks, reasonRisks } from './risks.ts'

const maxReasonChars = 2000

/** A question as it begins its life: pending, with the risks that history adds, bound by its digest. */
export function newApprovalRow(
  question: Question,
  more: { readonly nowMs: number; readonly timeoutMs: number; readonly history: ReadonlyArray<Approval> },
): ApprovalRow {
  const { asker, tool, request, secrets, reason, definitionHash, argsHash, policyVersion } = question
  // What is new about a sign-in is the whole of it.
  const fresh = question.consent === undefined ? historyRisks(question, more.history) : []
  const risks = [...question.risks, ...reasonRisks(reason), ...fresh]
  const approval: Approval = {
    id: newId('apr'),
    state: 'pending',
    asker,
    tool,
    request,
    secrets: [...secrets],
    reason: reason.slice(0, maxReasonChars).toWellFormed(),
    risks: risks.filter((risk, index) => risks.findIndex((other) => other.text === risk.text) === index),
    createdAtMs: more.nowMs,
    expiresAtMs: more.nowMs + more.timeoutMs,
    decidedAtMs: null,
    decidedBy: null,
    answer: '',
    used: false,
    grantId: null,
    consent: question.consent ?? null,
    consented: null,
  }
  return { approval, digest: questionDigest(question, approval.expiresAtMs), definitionHash, argsHash, policyVersion }
}
