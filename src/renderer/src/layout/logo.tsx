/** The mark: a keep with three claw marks for its gate. */
export function Logo({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden className="shrink-0 text-accent">
      <path
        d="M5 4.5h4.6v3.6h4.1V4.5h4.6v3.6h4.1V4.5H27v9.2c0 7-4.2 11.7-11 14.3C9.2 25.4 5 20.7 5 13.7Z"
        fill="currentColor"
      />
      <path
        d="M11.4 13.5c.1 3 .9 5.4 2.2 7.4M15.9 12.5c.1 3.7.7 6.7 1.8 9.2M20.4 13.5c.1 2.3.4 4.1 1.1 5.8"
        className="stroke-accent-ink"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
    </svg>
  )
}
