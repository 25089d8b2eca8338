import { Trash2 } from 'lucide-react'
import { Link } from 'wouter'
import { buttonClass } from '../../components/ui/button.tsx'
import { useTrash } from '../../lib/queries.ts'
import { trashPath } from './trash-path.ts'

/** The way to the trash, with how much lies in it. */
export function TrashLink() {
  const amount = useTrash().data?.length ?? 0
  return (
    <Link href={trashPath} className={buttonClass('secondary')}>
      <Trash2 size={16} aria-hidden />
      Trash{amount > 0 && ` (${amount})`}
    </Link>
  )
}
