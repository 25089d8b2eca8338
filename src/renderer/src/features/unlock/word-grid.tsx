/** The 24 recovery words with their places, in three columns that read downwards. */
export function WordGrid({ words }: { readonly words: string }) {
  return (
    <ol
      aria-label="Recovery words"
      className="selectable grid grid-flow-col grid-rows-8 gap-x-4 rounded-lg border border-line bg-surface px-3 py-2.5"
    >
      {words.split(' ').map((word, at) => (
        <li key={at} className="flex items-baseline gap-2 py-0.5 font-mono text-13">
          <span className="w-4 shrink-0 text-right text-12 text-ink-muted tabular-nums" aria-hidden>
            {at + 1}
          </span>
          {word}
        </li>
      ))}
    </ol>
  )
}
