import { AppError } from '../../shared/app-error.ts'
import type { Approval, RequestView, Risk, SecretUse } from '../../shared/models/approval.ts'
import type { NamedAsker } from '../../shared/models/asker.ts'
import type { AuditFacts, AuditLog, AuditOp } from '../audit/audit-log.ts'
import type { Clock } from '../clock.ts'
import { decidePolicy, type Verdict } from '../policy/policy.ts'
import type { PolicyStore } from '../policy/policy-store.ts'
import type { Vault } from '../vault/vault.ts'
import type { Approvals } from './approvals.ts'
import { judgedArgs } from './judged-args.ts'
import { LockedRefusals } from './locked-refusals.ts'
import { hashArgs, type Question } from './question.ts'

/** One act that someone wants done: what the rules judge, what the prompt shows, what the log keeps. */
export type GateRequest = {
  readonly asker: NamedAsker
  /** Whether the person gave a client its name; an assistant's always is. */
  readonly isNamedByPerson?: boolean
  readonly tool: string
  /** Hash of the tool's definition. */
  readonly definitionHash: string
  readonly args: unknown
  readonly auditKind: 'tool.call' | 'egress.request'
  readonly secrets: ReadonlyArray<SecretUse>
  readonly host: string | null
  readonly method?: string
  /** null: there is nothing to show, so a rule must allow it; nobody can be asked. */
  readonly view: RequestView | null
  readonly reason: string
  readonly risks: ReadonlyArray<Risk>
  readonly signal: AbortSignal
  readonly onWaiting?: (approval: Approval) => void
  /** Called while the opener is on its way to the disk, when a rule allows the act: makes ready what it needs, and sends nothing. */
  readonly prepare?: () => void
  /** The call comes again for this question: it waits for its answer or takes it up, and never raises another one. */
  readonly resumes?: string
}

const maxItemIds = 50

/** The one walk to every act of a client or an assistant: log, lock, policy, grants, question, run, log. */
export class Gate {
  readonly #vault: Pick<Vault, 'state'>
  readonly #audit: Pick<AuditLog, 'around'>
  readonly #refusals: LockedRefusals
  readonly #policy: Pick<PolicyStore, 'get' | 'version' | 'usage' | 'recordUse'>
  readonly #approvals: Pick<Approvals, 'ask' | 'resume' | 'redeem' | 'takeGrant'>
  readonly #clock: Clock

  constructor(parts: {
    vault: Pick<Vault, 'state'>
    audit: Pick<AuditLog, 'around' | 'event'>
    policy: Pick<PolicyStore, 'get' | 'version' | 'usage' | 'recordUse'>
    approvals: Pick<Approvals, 'ask' | 'resume' | 'redeem' | 'takeGrant'>
    clock: Clock
  }) {
    this.#vault = parts.vault
    this.#audit = parts.audit
    this.#refusals = new LockedRefusals(parts)
    this.#policy = parts.policy
    this.#approvals = parts.approvals
    this.#clock = parts.clock
  }

  /**
   * Runs the act if it may run. The opener is durable before anything else happens.
   * Throws AppError audit_failed, locked, refused (hint: the reason given), timeout (nobody answered), cancelled; or what `run` throws.
   */
  async pass<T>(request: GateRequest, run: (op: AuditOp) => Promise<T>): Promise<T> {
    if (this.#vault.state !== 'unlocked') return this.#turnAwayLocked(request)
    const act = async (op: AuditOp): Promise<T> => {
      await this.#permit(request, op)
      return run(op)
    }
    const { prepare } = request
    const meanwhile = prepare === undefined ? undefined : () => this.#prepare(request, prepare)
    return this.#audit.around(openFacts(request), act, meanwhile)
  }

  /**
   * Writes down a request that cannot even be put to the rules, and throws its error on: a probe leaves a trace too.
   * While the vault is locked that is why, and the answer is `locked`.
   */
  turnAway(request: Pick<GateRequest, 'asker' | 'tool' | 'auditKind'>, error: unknown): Promise<never> {
    const act = { ...request, secrets: [], host: null }
    if (this.#vault.state !== 'unlocked') return this.#turnAwayLocked(act)
    return this.#audit.around(openFacts(act), () => Promise.reject(error))
  }

  /** Writes the number of refusals that were not written one by one; to be called before the log closes. */
  flush(): void {
    this.#refusals.flush()
  }

  async #turnAwayLocked(request: Parameters<typeof openFacts>[0]): Promise<never> {
    await this.#refusals.add({ ...openFacts(request), decision: 'deny', outcome: 'refused', code: 'locked' })
    throw locked()
  }

  #prepare(request: GateRequest, prepare: () => void): void {
    if (this.#vault.state !== 'unlocked') return
    try {
      if (this.#verdict(request).answer === 'allow') prepare()
    } catch {
      // The act meets it again, where it is answered.
    }
  }

  /** Goes round again when the answer no longer fits (used by an identical call, or the policy changed meanwhile). */
  async #permit(request: GateRequest, op: AuditOp): Promise<void> {
    for (;;) {
      if (request.signal.aborted) throw gone(op)
      if (this.#vault.state !== 'unlocked') throw lockedMeanwhile(op)
      const verdict = this.#verdict(request)
      op.note({ rule: verdict.rule, decision: verdict.answer })
      if (verdict.answer === 'allow') return this.#policy.recordUse(verdict.rule)
      if (verdict.answer === 'deny') throw deniedByRule(verdict)
      if (request.view === null) throw nothingToShow(op, verdict)
      const grant = this.#approvals.takeGrant(this.#question(request, request.view))
      if (grant !== null) return op.note({ rule: grant.id, decision: 'allow' })
      if (await this.#askPerson(request, request.view, op)) return
    }
  }

  /** True when the call may run now; false when it has to be asked again. */
  async #askPerson(request: GateRequest, view: RequestView, op: AuditOp): Promise<boolean> {
    const { signal, onWaiting, resumes } = request
    const question = this.#question(request, view)
    const asked =
      resumes === undefined
        ? this.#approvals.ask(question, signal, onWaiting)
        : this.#approvals.resume(resumes, question, signal, onWaiting)
    const approval = await asked.catch((error: unknown) => {
      throw signal.aborted ? gone(op) : error
    })
    op.note({ rule: approval.id })
    if (approval.state !== 'allowed') throw this.#unanswered(approval, op)
    if (request.signal.aborted) throw gone(op)
    if (this.#vault.state !== 'unlocked') throw lockedMeanwhile(op)
    // Made anew from what will run: arguments that were changed while the person read them do not fit the answer.
    if (this.#approvals.redeem(approval.id, this.#question(request, view)) !== 'ok') return false
    op.note({ decision: 'allow' })
    return true
  }

  #verdict(request: GateRequest): Verdict {
    const { asker, tool, secrets, host } = request
    const isNamedByPerson = request.isNamedByPerson ?? asker.kind !== 'client'
    const secretNames = secrets.map((use) => use.name)
    return decidePolicy({
      request: { asker, isNamedByPerson, tool, args: judgedArgs(request.args, request.view), secretNames, host },
      policy: this.#policy.get(),
      usage: (ruleId, perMs) => this.#policy.usage(ruleId, perMs),
      nowMs: this.#clock.now(),
    })
  }

  #question(request: GateRequest, view: RequestView): Question {
    const { asker, tool, definitionHash, args, secrets, reason, risks } = request
    const policyVersion = this.#policy.version()
    return {
      asker,
      tool,
      definitionHash,
      argsHash: hashArgs(args),
      policyVersion,
      request: view,
      secrets,
      reason,
      risks,
    }
  }

  #unanswered(approval: Approval, op: AuditOp): AppError {
    if (approval.state === 'denied') {
      op.note({ decision: 'deny' })
      const hint = approval.answer || 'No reason was given. Do not try again without asking the person.'
      return new AppError('refused', 'The person at the machine denied this request.', { hint })
    }
    if (approval.state === 'expired') {
      op.note({ decision: 'expire' })
      const hint = 'Try again when someone is at the machine to answer in the Clawkeep window.'
      return new AppError('timeout', approval.answer, { hint })
    }
    op.note({ decision: 'cancel' })
    if (this.#vault.state !== 'unlocked') return new AppError('locked', approval.answer, { hint: unlockHint })
    return new AppError('cancelled', approval.answer, { hint: 'Try again.' })
  }
}

const unlockHint = 'Unlock Clawkeep in its window, then try again.'

function openFacts(
  request: Pick<GateRequest, 'asker' | 'tool' | 'auditKind' | 'secrets' | 'host' | 'method'>,
): AuditFacts {
  const itemIds = [...new Set(request.secrets.map((use) => use.itemId))].slice(0, maxItemIds)
  return {
    kind: request.auditKind,
    asker: { kind: request.asker.kind, id: request.asker.id },
    tool: request.tool,
    ...(request.host === null ? {} : { host: request.host.slice(0, 300) }),
    ...(request.method === undefined ? {} : { method: request.method.slice(0, 20) }),
    ...(itemIds.length === 0 ? {} : { itemIds }),
  }
}

function lockedMeanwhile(op: AuditOp): AppError {
  op.note({ decision: 'deny' })
  return locked()
}

function locked(): AppError {
  return new AppError('locked', 'The vault is locked.', { hint: unlockHint })
}

function gone(op: AuditOp): AppError {
  op.note({ decision: 'cancel' })
  return new AppError('cancelled', 'The caller went away before this could run.')
}

function deniedByRule(verdict: Verdict): AppError {
  return new AppError('refused', 'The policy of this Clawkeep denies this.', {
    hint: `The rule “${verdict.rule}” decided. Only the person who runs Clawkeep can change it.`,
  })
}

function nothingToShow(op: AuditOp, verdict: Verdict): AppError {
  op.note({ decision: 'deny' })
  return new AppError(
    'refused',
    'The policy of this Clawkeep asks for this, but there is nothing to show in a question.',
    {
      hint: `Add a rule to the policy that allows it; “${verdict.rule}” decided.`,
    },
  )
}
