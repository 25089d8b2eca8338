import { useState } from 'react'
import '../../lib/no-eval.ts'
import { NewPolicy, type Policy } from '../../../../shared/models/policy.ts'
import { TextArea } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { sayDone } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

/** The whole policy as text, checked before it is saved. */
export function PolicyDialog({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const [text, setText] = useState(() => JSON.stringify(policy, null, 2))
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const save = useAction('policy.set')

  const submit = () => {
    const read = readPolicy(text)
    setProblem('problem' in read ? read.problem : undefined)
    if ('problem' in read) return
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
    <FormDialog
      wide
      onClose={onClose}
      title="Edit the rules"
      meaning="The first matching rule of the winning kind decides. A rule that cannot be evaluated denies. A program that signs in names itself, so allow it by its id, which stands under Clients."
      onSubmit={submit}
      action="Save rules"
      busy={save.isPending}
      error={save.error}
    >
      <TextArea label="Policy" mono rows={18} autoFocus value={text} onChange={setText} problem={problem} />
    </FormDialog>
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
  const result = NewPolicy.safeParse(value)
  if (result.success) return { policy: result.data }
  const [issue] = result.error.issues
  return {
    problem:
      issue === undefined ? 'This is not a policy.' : `${issue.path.join(' › ') || 'The policy'}: ${issue.message}`,
  }
}
