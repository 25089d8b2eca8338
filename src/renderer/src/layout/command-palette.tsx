import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { Status } from '../../../shared/models/status.ts'
import { createSearchIndex, search } from '../../../shared/search.ts'
import { Kbd } from '../components/ui/kbd.tsx'
import { cn } from '../lib/class-names.ts'
import { commandTexts, useCommands } from './commands.ts'

type CommandPaletteProps = { readonly status: Status; readonly onClose: () => void; readonly onLock: () => void }

const shownCommands = 50

/** Goes anywhere and does the common things by typing a few letters. */
export function CommandPalette({ status, onClose, onLock }: CommandPaletteProps) {
  const id = useId()
  const [text, setText] = useState('')
  const [position, setPosition] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const [, go] = useLocation()
  const commands = useCommands({ go, lock: onLock, mcpUrl: status.mcpUrl })
  const index = useMemo(() => createSearchIndex(commands, commandTexts), [commands])
  const found = useMemo(() => search(index, text).slice(0, shownCommands), [index, text])
  const active = found[Math.min(position, found.length - 1)]

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' })
  }, [active])

  const run = (command: (typeof found)[number] | undefined) => {
    if (command === undefined) return
    onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setPosition(Math.min(found.length - 1, position + 1))
    else if (event.key === 'ArrowUp') setPosition(Math.max(0, position - 1))
    else if (event.key === 'Enter') run(active)
    else return
    event.preventDefault()
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-veil" />
        <Dialog.Popup
          data-modal=""
          aria-label="Go to anything"
          className="fixed top-[14%] left-1/2 flex max-h-[70dvh] w-[calc(100vw-3rem)] max-w-140 -translate-x-1/2 flex-col overflow-hidden rounded-xl bg-raised shadow-raised outline-none"
        >
          <div className="flex items-center gap-3 border-b border-line px-4">
            <Search size={16} aria-hidden className="shrink-0 text-ink-muted" />
            <input
              type="text"
              role="combobox"
              aria-expanded
              aria-controls={`${id}-list`}
              aria-label="Type what you look for"
              {...(active === undefined ? {} : { 'aria-activedescendant': `${id}-${found.indexOf(active)}` })}
              placeholder="Go to a page, a key, a client, an assistant, or do something"
              value={text}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => {
                setText(event.target.value)
                setPosition(0)
              }}
              onKeyDown={onKeyDown}
              className="h-12 flex-1 bg-transparent text-14 outline-none"
            />
            <Kbd>Esc</Kbd>
          </div>
          {found.length === 0 && (
            <p role="status" className="px-4 py-6 text-center text-13 text-ink-muted">
              Nothing is called that.
            </p>
          )}
          <div
            ref={list}
            id={`${id}-list`}
            role="listbox"
            aria-label="Results"
            className={cn('min-h-0 overflow-y-auto', found.length > 0 && 'p-1.5')}
          >
            {found.map((command, index) => (
              <div
                key={command.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={command === active}
                onPointerMove={() => index !== position && setPosition(index)}
                onClick={() => run(command)}
                className={cn(
                  'flex h-9 items-center gap-3 rounded-lg px-2.5 text-13',
                  command === active && 'bg-hover',
                )}
              >
                <command.icon size={16} strokeWidth={1.75} aria-hidden className="shrink-0 text-ink-muted" />
                <span className="min-w-0 flex-1 truncate">{command.name}</span>
                <span className="shrink-0 text-12 text-ink-muted">{command.group}</span>
              </div>
            ))}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
