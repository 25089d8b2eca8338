import type { ItemOverview } from '../../../shared/models/item.ts'
import type { Approval } from '../../../shared/models/approval.ts'
import { type Clock, systemClock } from '../../clock.ts'
import type { Tasks } from '../../tasks/tasks.ts'
import type { Answers } from '../answers.ts'
import type { Tool } from '../tool.ts'
import { approvalStatus } from './approval-status.ts'
import { httpRequest } from './http-request.ts'
import { openclawChat } from './openclaw-chat.ts'
import { openclawChatAsync } from './openclaw-chat-async.ts'
import { openclawInstances } from './openclaw-instances.ts'
import { openclawStatus } from './openclaw-status.ts'
import { openclawTaskCancel } from './openclaw-task-cancel.ts'
import { openclawTaskList } from './openclaw-task-list.ts'
import { openclawTaskStatus } from './openclaw-task-status.ts'
import { secretsList } from './secrets-list.ts'

type ToolDeps = {
  readonly supervisor: Parameters<typeof openclawInstances>[0] &
    Parameters<typeof openclawStatus>[0] &
    Parameters<typeof openclawChat>[0]
  readonly tasks: Tasks
  readonly items: { list(): ReadonlyArray<ItemOverview> }
  readonly broker: Parameters<typeof httpRequest>[0]
  readonly approvals: { get(id: string): Approval | undefined }
  readonly answers: Pick<Answers, 'keep'>
  /** Counts down while the person decides. */
  readonly clock?: Clock
}

/** Every tool of the MCP server, in the order clients list them. */
export function createTools({
  supervisor,
  tasks,
  items,
  broker,
  approvals,
  answers,
  clock = systemClock,
}: ToolDeps): ReadonlyArray<Tool> {
  const chat = openclawChat(supervisor)
  return [
    openclawInstances(supervisor),
    openclawStatus(supervisor),
    chat,
    openclawChatAsync(supervisor, tasks, chat),
    openclawTaskStatus(tasks),
    openclawTaskList(tasks),
    openclawTaskCancel(tasks),
    secretsList(items),
    httpRequest(broker, clock, answers),
    approvalStatus(approvals),
  ]
}
