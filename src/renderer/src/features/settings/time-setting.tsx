import { Select } from '../../components/ui/select.tsx'
import { Setting } from './section.tsx'

type TimeSettingProps = {
  readonly name: string
  readonly meaning: string
  readonly value: number
  readonly usual: ReadonlyArray<number>
  readonly words: (value: number) => string
  readonly onChange: (value: number) => void
}

/** One of the usual times, or the present one, which may have been set elsewhere. */
export function TimeSetting({ name, meaning, value, usual, words, onChange }: TimeSettingProps) {
  const offered = usual.includes(value) ? usual : [value, ...usual]
  return (
    <Setting name={name} meaning={meaning}>
      <Select
        label={name}
        value={String(value)}
        onChange={(chosen) => onChange(Number(chosen))}
        choices={offered.map((each) => ({ value: String(each), label: words(each) }))}
        className="w-44"
      />
    </Setting>
  )
}

/** Minutes as a person says them; 0 is never. */
export function minuteWords(minutes: number): string {
  if (minutes === 0) return 'Never'
  if (minutes % 60 === 0) return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

/** Seconds as a person says them. */
export function secondWords(seconds: number): string {
  return seconds % 60 === 0 ? minuteWords(seconds / 60) : `${seconds} seconds`
}
