import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { request } from '../../lib/ipc.ts'
import { Button } from './button.tsx'
import { sayProblem } from './toasts.ts'

type CopyButtonProps = {
  /** What is copied, for those who cannot see where the button stands: “Copy address”. */
  readonly label: string
  readonly text: string
  /** Shows the word, not only the icon. */
  readonly words?: string
  readonly className?: string
}

const confirmMs = 1_600

/** Puts a text on the clipboard through the main process and says so on the button itself. */
export function CopyButton({ label, text, words, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), confirmMs)
    return () => clearTimeout(timer)
  }, [copied])
  const Icon = copied ? Check : Copy
  return (
    <Button
      size={words === undefined ? 'icon' : 'sm'}
      variant={words === undefined ? 'ghost' : 'secondary'}
      aria-label={copied ? 'Copied' : label}
      title={label}
      {...(className === undefined ? {} : { className })}
      onClick={() => void request('clipboard.write', { text }).then(() => setCopied(true), sayProblem)}
    >
      <Icon size={14} aria-hidden className={copied ? 'text-ok' : ''} />
      {words !== undefined && (copied ? 'Copied' : words)}
    </Button>
  )
}
