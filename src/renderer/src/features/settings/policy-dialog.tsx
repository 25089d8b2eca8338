import { type FormEvent, useState } from 'react'
import '../../lib/no-eval.ts'
import { Policy } from '../../../../shared/models/policy.ts'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions, DialogBody } from '../../components/ui/dialog.tsx'
import { TextArea } from '../../components/ui/field.tsx'
import { Problem } from '../../components/ui/problem.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** The whole policy as text, checked before it is saved. */
export function PolicyDialog({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(policy, null, 2))
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const save = useAction('policy.set')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const read = readPolicy(text)
    setProblem('problem' in read ? read.problem : undefined)
    if ('problem' in read || save.isPending) return
    save.mutate(
      { policy: read.policy },
      {
        onSuccess: () => {
          sayDone('Rules saved', 'They hold for the next request. Questions that wait keep theirs.')
          onClose()
        },
      },
    )
  }

  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="Edit the rules"
      meaning="The first matching rule of the winning kind decides. A rule that cannot be evaluated denies."
    >
      <form onSubmit={submit} noValidate className="flex min-h-0 flex-1 flex-col">
        <DialogBody>
          <TextArea label="Policy" mono rows={18} autoFocus value={text} onChange={setText} problem={problem} />
          {save.error !== null && <Problem error={save.error} className="mt-3" />}
        </DialogBody>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" off={save.isPending}>
            Save rules
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Reads the text as a policy, or says where it is not one. */
export function readPolicy(text: string): { readonly policy: Policy } | { readonly problem: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { problem: `This is not JSON yet: ${error instanceof Error ? error.message : 'it cannot be read.'}` }
  }
  const result = Policy.safeParse(value)
  if (result.success) {
    const ids = result.data.rules.map(({ id }) => id)
    const twice = ids.find((id, position) => ids.indexOf(id) !== position)
    return twice === undefined ? { policy: result.data } : { problem: `Two rules have the id “${twice}”.` }
  }
  const [issue] = result.error.issues
  return {
    problem:
      issue === undefined ? 'This is not a policy.' : `${issue.path.join(' › ') || 'The policy'}: ${issue.message}`,
  }
}
