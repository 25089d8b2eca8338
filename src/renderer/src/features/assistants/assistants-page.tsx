import { Bot, Plus } from 'lucide-react'
import type { Assistant } from '../../../../shared/models/assistant.ts'
import { Button } from '../../components/ui/button.tsx'
import { EmptyState } from '../../components/ui/empty-state.tsx'
import { Loaded } from '../../components/ui/loaded.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { ListDetail } from '../../layout/list-detail.tsx'
import { Page } from '../../layout/page.tsx'
import { cn } from '../../lib/class-names.ts'
import { useAssistants, useTasks } from '../../lib/queries.ts'
import { useSelection } from '../../lib/selection.ts'
import { AssistantCard } from './assistant-card.tsx'
import { AssistantDetail } from './assistant-detail.tsx'
import { AssistantDialog } from './assistant-dialog.tsx'
import { EngineBanner } from './engine-banner.tsx'
import { isUnderWay } from '../tasks/task-looks.ts'
import { TasksTab } from '../tasks/tasks-tab.tsx'

const path = '/assistants'

/** The agents that Clawkeep runs, each in a container of its own. */
export function AssistantsPage() {
  const assistants = useAssistants()
  const [selection, select] = useSelection(path)
  const adding = selection === 'new'
  const tasks = useTasks().data ?? []
  const onTasks = selection === 'tasks' || selection?.startsWith('tsk_') === true
  const add = (
    <Button variant="primary" onClick={() => select('new')}>
      <Plus size={16} aria-hidden />
      New assistant
    </Button>
  )
  return (
    <Page
      title="Assistants"
      meaning="Agents in sealed containers: no network but through Clawkeep, no key inside"
      ruled={false}
      actions={onTasks ? undefined : add}
    >
      <Tabs
        label="Assistants"
        value={onTasks ? 'tasks' : 'assistants'}
        onChange={(tab) => select(tab === 'tasks' ? tab : null)}
        tabs={[
          {
            value: 'assistants',
            label: 'Assistants',
            content: (
              <>
                <EngineBanner />
                <Loaded query={assistants} what="Looking for assistants">
                  {(all) =>
                    all.length === 0 ? (
                      <EmptyState icon={Bot} title="No assistants yet" action={add}>
                        An assistant runs in its own container with nothing in it worth stealing. What it wants from
                        outside goes through Clawkeep, and what matters is asked first. The demo assistant needs no
                        download.
                      </EmptyState>
                    ) : (
                      <AssistantCards assistants={all} selected={adding ? null : selection} onSelect={select} />
                    )
                  }
                </Loaded>
              </>
            ),
          },
          {
            value: 'tasks',
            label: 'Tasks',
            count: tasks.filter(isUnderWay).length,
            content: (
              <TasksTab selected={selection === 'tasks' ? null : selection} onSelect={(id) => select(id ?? 'tasks')} />
            ),
          },
        ]}
      />
      {adding && <AssistantDialog taken={(assistants.data ?? []).map(({ name }) => name)} onClose={select} />}
    </Page>
  )
}

type AssistantCardsProps = {
  readonly assistants: ReadonlyArray<Assistant>
  readonly selected: string | null
  readonly onSelect: (id: string | null) => void
}

function AssistantCards({ assistants, selected, onSelect }: AssistantCardsProps) {
  const open = assistants.find(({ id }) => id === selected)
  return (
    <ListDetail
      wide
      onClose={() => onSelect(null)}
      list={
        <div className="relative min-h-0 flex-1 overflow-y-auto">
          <div className={cn('grid auto-rows-fr gap-4 p-6', open === undefined && '@2xl:grid-cols-2 @6xl:grid-cols-3')}>
            {assistants.map((assistant) => (
              <AssistantCard
                key={assistant.id}
                assistant={assistant}
                open={assistant.id === selected}
                onOpen={() => onSelect(assistant.id === selected ? null : assistant.id)}
              />
            ))}
          </div>
        </div>
      }
      detail={
        open === undefined ? null : <AssistantDetail key={open.id} assistant={open} onClose={() => onSelect(null)} />
      }
    />
  )
}
