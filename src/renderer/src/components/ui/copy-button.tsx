import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { clipboardTimes } from '../../../../shared/clipboard-times.ts'
import { offClipboard } from '../../lib/format.ts'
import { request } from '../../lib/ipc.ts'
import { Button } from './button.tsx'
import { sayDone, sayProblem } from './toasts.ts'

type CopyButtonProps = {
  /** What is copied, for those who cannot see where the button stands: “Copy address”. */
  readonly label: string
  readonly text: string
  /** It holds the key of a client: kept out of clipboard histories, taken off again, and that is said. */
  readonly secret?: boolean
  /** Shows the word, not only the icon. */
  readonly words?: string
  readonly className?: string
}

const confirmMs = 1_600

/** Puts a text on the clipboard through the main process and says so on the button itself. */
export function CopyButton({ label, text, secret = false, words, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), confirmMs)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = () => {
    request('clipboard.write', { text, secret }).then(() => {
      setCopied(true)
      if (secret) sayDone('The key is copied', offClipboard(clipboardTimes.clientKeyMs))
    }, sayProblem)
  }
  const Icon = copied ? Check : Copy
  return (
    <Button
      size={words === undefined ? 'icon' : 'sm'}
      variant={words === undefined ? 'ghost' : 'secondary'}
      aria-label={copied ? 'Copied' : label}
      title={label}
      {...(className === undefined ? {} : { className })}
      onClick={copy}
    >
      <Icon size={14} aria-hidden className={copied ? 'text-ok' : ''} />
      {words !== undefined && (copied ? 'Copied' : words)}
    </Button>
  )
}
