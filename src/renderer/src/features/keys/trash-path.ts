/** Where the trash is; it lies under Keys. */
export const trashPath = '/keys/trash'

/** Whether what is selected under Keys is the trash, or something in it. */
export function isTrash(selection: string | null): boolean {
  return selection === 'trash' || selection?.startsWith('trash/') === true
}
