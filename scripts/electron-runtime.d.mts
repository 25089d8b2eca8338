/** The Electron to run, ready to run; fetched first when there is none. */
export function resolveElectron(): Promise<{
  executablePath: string
  kind: 'override' | 'stock' | 'compat'
  version: string
}>
