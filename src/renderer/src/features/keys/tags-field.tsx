import { Plus } from 'lucide-react'
import { ItemInput } from '../../../../shared/models/item.ts'
import { Button } from '../../components/ui/button.tsx'
import { ChipsField, type Written } from '../../components/ui/chips-field.tsx'
import { useItems } from '../../lib/queries.ts'
import { tagsOf } from './filter-items.ts'

type TagsFieldProps = {
  readonly tags: ReadonlyArray<string>
  readonly onChange: (tags: ReadonlyArray<string>) => void
  readonly text: string
  readonly onText: (text: string) => void
  readonly problem: string | undefined
}

const mostOffered = 6

/** The tags of an item; those that other items have are offered. */
export function TagsField({ tags, onChange, text, ...field }: TagsFieldProps) {
  const typed = text.trim().toLowerCase()
  const offered = tagsOf(useItems().data ?? [])
    .filter((tag) => !tags.includes(tag) && tag.toLowerCase().includes(typed))
    .slice(0, mostOffered)
  return (
    <div>
      <ChipsField
        {...field}
        label="Tags"
        optional
        values={tags}
        onChange={onChange}
        text={text}
        read={readTags}
        endedBy={[',']}
        placeholder="work"
      />
      {offered.length > 0 && (
        <div
          role="group"
          aria-label="Tags you have"
          data-offers=""
          // The focus stays where the next tag is typed.
          onMouseDown={(event) => event.preventDefault()}
          className="mt-1.5 flex flex-wrap gap-1"
        >
          {offered.map((tag) => (
            <Button
              key={tag}
              size="sm"
              variant="ghost"
              aria-label={`Add tag ${tag}`}
              className="max-w-40"
              onClick={() => {
                field.onText('')
                onChange([...tags, tag])
              }}
            >
              <Plus size={12} aria-hidden />
              <span className="truncate">{tag}</span>
            </Button>
          ))}
        </div>
      )}
    </div>
  )
}

/** The tags in what was typed, separated by commas. */
export function writtenTags(written: string): ReadonlyArray<string> {
  return written
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

function readTags(written: string): Written {
  const checked = ItemInput.shape.tags.safeParse(writtenTags(written))
  if (checked.success) return { values: checked.data }
  return { problem: checked.error.issues[0]?.message ?? 'That is not a tag.' }
}
