import { ListTodo } from 'lucide-react'
import { type TaskView, taskStateWords } from '../../../../shared/models/task.ts'
import type { SearchTexts } from '../../../../shared/search.ts'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Time } from '../../components/ui/time.tsx'
import { ListRow, SearchedList } from '../../layout/searched-list.tsx'
import { useTasks } from '../../lib/queries.ts'
import { TaskBadge } from './task-badge.tsx'
import { TaskDetail } from './task-detail.tsx'
import { answerWords, assistantOf, clientOf, isUnderWay, underWayFirst } from './task-looks.ts'

type TasksTabProps = { readonly selected: string | null; readonly onSelect: (id: string | null) => void }

/** What clients gave to assistants to do: who, where, how far. What it is about stays between the two. */
export function TasksTab({ selected, onSelect }: TasksTabProps) {
  const tasks = useTasks({ live: true })
  return (
    <Loaded query={tasks} what="Reading the tasks">
      {(all) => (
        <SearchedList
          label="Tasks"
          noun="task"
          fields={['client', 'assistant', 'state']}
          icon={ListTodo}
          items={all}
          order={underWayFirst}
          textsOf={searchTexts}
          selected={selected}
          onSelect={onSelect}
          row={(task) => <TaskRow task={task} />}
          detail={(task, close) => <TaskDetail task={task} onClose={close} />}
          empty={
            <EmptyState icon={ListTodo} title="No tasks">
              A program can give an assistant work and come back for the answer later, also after a restart. Each such
              task stands here with how far it is, and you can cancel it.
            </EmptyState>
          }
        />
      )}
    </Loaded>
  )
}

function searchTexts(task: TaskView): SearchTexts {
  return { name: '', more: [assistantOf(task), clientOf(task), taskStateWords[task.state]] }
}

function TaskRow({ task }: { readonly task: TaskView }) {
  return (
    <ListRow muted={!isUnderWay(task)} title={clientOf(task)} below={`for ${assistantOf(task)}`}>
      <span className="hidden w-44 shrink-0 text-right text-12 text-ink-muted tabular-nums @2xl:block">
        {answerWords(task)}
      </span>
      <Time atMs={task.createdAtMs} className="hidden w-24 shrink-0 text-right text-12 text-ink-muted @xl:block" />
      <span className="flex w-26 shrink-0 justify-end">
        <TaskBadge state={task.state} />
      </span>
    </ListRow>
  )
}
