import { useEffect, useRef } from 'react'

/** True on a Mac, where Cmd is used instead of Ctrl. */
export const isMac = /Mac/.test(navigator.userAgent)

/** The name of the modifier key, as printed on it. */
export const modifierName = isMac ? '⌘' : 'Ctrl'

/** Whether the event holds Ctrl (Cmd on a Mac) and neither Alt nor Shift. */
export function hasModifier(event: KeyboardEvent): boolean {
  return (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey
}

/** Whether what is typed goes into this element. */
export function isTextField(element: Element | null): boolean {
  return element?.closest('input, textarea, select, [contenteditable=true]') != null
}

/** Whether a plain letter belongs to something else now: a text field, an open dialog or list of choices. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null
  if (isTextField(target)) return true
  return isModalOpen() || target?.closest('[data-popup]') != null
}

/** Whether a dialog of ours has the person's attention; a message in the corner (a dialog by its role) does not. */
export function isModalOpen(): boolean {
  return document.querySelector('[data-modal]') !== null
}

/** Calls the newest `onKey` for every key press in the window that nobody else has taken. */
export function useKeys(onKey: (event: KeyboardEvent) => void): void {
  const newest = useRef(onKey)
  useEffect(() => {
    newest.current = onKey
  })
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (!event.defaultPrevented) newest.current(event)
    }
    window.addEventListener('keydown', listener)
    return () => window.removeEventListener('keydown', listener)
  }, [])
}
