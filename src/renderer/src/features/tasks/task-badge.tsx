import { type TaskState, taskStateWords } from '../../../../shared/models/task.ts'
import { Badge } from '../../components/ui/badge.tsx'
import { taskLooks } from './task-looks.ts'

/** The state of a task as a word with its icon. */
export function TaskBadge({ state }: { readonly state: TaskState }) {
  const { icon, tone } = taskLooks[state]
  return (
    <Badge tone={tone} icon={icon}>
      {taskStateWords[state]}
    </Badge>
  )
}
