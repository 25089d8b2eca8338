import { HeartPulse } from 'lucide-react'
import { Link } from 'wouter'
import { buttonClass } from '../../components/ui/button.tsx'
import { healthPath } from './health-path.ts'

/** The way to the health of the secrets. */
export function HealthLink() {
  return (
    <Link href={healthPath} className={buttonClass('secondary')}>
      <HeartPulse size={16} aria-hidden />
      Health
    </Link>
  )
}
