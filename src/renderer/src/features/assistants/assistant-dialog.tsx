import { useState } from 'react'
import { checkForm } from '../../lib/form-problems.ts'
import { AssistantInput } from '../../../../shared/models/assistant.ts'
import { TextField } from '../../components/ui/field.tsx'
import { FormDialog } from '../../components/ui/form-dialog.tsx'
import { Select } from '../../components/ui/select.tsx'
import { TileChoice } from '../../components/ui/tile-choice.tsx'
import { sayProblem } from '../../components/ui/toasts.ts'
import { useAction } from '../../lib/queries.ts'

const memories = [
  { value: '512', label: '512 MB' },
  { value: '1024', label: '1 GB' },
  { value: '1536', label: '1.5 GB (usual)' },
  { value: '2048', label: '2 GB' },
  { value: '4096', label: '4 GB' },
  { value: '8192', label: '8 GB' },
] as const

const sources = [
  { value: 'demo', title: 'Demo assistant', meaning: 'Built here, needs no download. Shows how everything works.' },
  { value: 'image', title: 'Another image', meaning: 'OpenClaw or any agent from a container registry.' },
] as const

const openclawImage = 'ghcr.io/openclaw/openclaw:latest'

type AssistantDialogProps = {
  /** Names that are in use. */
  readonly taken: ReadonlyArray<string>
  /** Gets the new assistant's id, if there is one. */
  readonly onClose: (id: string | null) => void
}

/** Makes an assistant and starts it. */
export function AssistantDialog({ taken, onClose }: AssistantDialogProps) {
  const [source, setSource] = useState<(typeof sources)[number]['value']>('demo')
  const [image, setImage] = useState(openclawImage)
  const [name, setName] = useState(() => freeName(taken))
  const [memory, setMemory] = useState<(typeof memories)[number]['value']>('1536')
  const [problems, setProblems] = useState<Readonly<Record<string, string>>>({})
  const create = useAction('assistants.create')
  const start = useAction('assistants.start')

  const submit = () => {
    const checked = checkForm(AssistantInput, {
      name,
      image: source === 'demo' ? 'demo' : image,
      memoryMiB: Number(memory),
    })
    if ('problems' in checked) {
      setProblems(checked.problems)
      return
    }
    setProblems(taken.includes(checked.value.name) ? { name: 'Another assistant has this name.' } : {})
    if (taken.includes(checked.value.name)) return
    create.mutate(checked.value, {
      onSuccess: ({ id }) => {
        start.mutate({ id }, { onError: sayProblem })
        onClose(id)
      },
    })
  }

  return (
    <FormDialog
      onClose={() => onClose(null)}
      title="New assistant"
      meaning="It gets a container of its own, with limits, and no way out but through Clawkeep."
      onSubmit={submit}
      action="Create and start"
      busy={create.isPending}
      error={create.error}
      problems={problems}
    >
      <TileChoice label="What runs in it" value={source} onChange={setSource} choices={sources} />
      {source === 'image' && (
        <TextField
          label="Image"
          mono
          value={image}
          onChange={setImage}
          maxLength={300}
          problem={problems['image']}
          hint="It is downloaded when it is not here yet."
        />
      )}
      <TextField
        label="Name"
        mono
        value={name}
        onChange={setName}
        autoFocus
        maxLength={40}
        problem={problems['name']}
        hint="Clients call it by this name. Lower-case letters, digits and dashes."
      />
      <div className="flex items-center justify-between gap-4">
        <div>
          <p className="text-13 font-medium">Memory limit</p>
          <p className="text-12 text-ink-muted text-pretty">When it needs more it is stopped, and you are told.</p>
        </div>
        <Select label="Memory limit" value={memory} onChange={setMemory} choices={memories} className="w-40" />
      </div>
    </FormDialog>
  )
}

function freeName(taken: ReadonlyArray<string>): string {
  let number = 1
  while (taken.includes(number === 1 ? 'assistant' : `assistant-${number}`)) number += 1
  return number === 1 ? 'assistant' : `assistant-${number}`
}
