const radius = 8
const around = 2 * Math.PI * radius

/** What is left of a time, as a ring that empties. Where motion is unwanted it is not there: the seconds beside it say the same. */
export function CountdownRing({ share }: { readonly share: number }) {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden className="-rotate-90 motion-reduce:hidden">
      <circle cx="10" cy="10" r={radius} fill="none" strokeWidth="2.5" className="stroke-hover" />
      <circle
        cx="10"
        cy="10"
        r={radius}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={around}
        strokeDashoffset={around * (1 - share)}
        className="stroke-current transition-[stroke-dashoffset] duration-1000 ease-linear"
      />
    </svg>
  )
}
