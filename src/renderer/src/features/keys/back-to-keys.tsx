import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'
import { buttonClass } from '../../components/ui/button.tsx'

/** The way back from a page that stands behind Keys. */
export function BackToKeys() {
  return (
    <Link href="/keys" className={buttonClass('secondary')}>
      <ArrowLeft size={16} aria-hidden />
      Back to Keys
    </Link>
  )
}
