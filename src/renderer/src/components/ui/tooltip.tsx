import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'

type TooltipProps = {
  readonly text: ReactNode
  readonly side?: 'top' | 'right' | 'bottom'
  readonly children: ReactElement<Record<string, unknown>>
}

/** Words for what has none on it, on hover and on focus. */
export function Tooltip({ text, side = 'top', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger delay={450} render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-20">
          <Base.Popup className="flex items-center gap-2 rounded-md bg-raised px-2 py-1 text-12 shadow-raised">
            {text}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
