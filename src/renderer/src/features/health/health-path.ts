/** Where the health of the secrets is; it lies under Keys. */
export const healthPath = '/keys/health'

/** Whether what is selected under Keys is their health, or something in it. */
export function isHealth(selection: string | null): boolean {
  return selection === 'health' || selection?.startsWith('health/') === true
}
