import { mark } from '../../../shared/mark.ts'

/** The mark, in the colour of the accent. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden className="shrink-0 text-accent">
      <path d={mark.keep} fill="currentColor" />
      <path d={mark.claws} className="stroke-accent-ink" strokeWidth="1.9" strokeLinecap="round" />
    </svg>
  )
}
