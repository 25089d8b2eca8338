import { type RefObject, useEffect } from 'react'

/** Moves the focus to the first field that is wrong, each time the problems of a form change. */
export function useFocusProblem(
  form: RefObject<HTMLFormElement | null>,
  problems: Readonly<Record<string, string>>,
): void {
  useEffect(() => {
    if (Object.keys(problems).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [form, problems])
}
