import { reportBug } from '../report-bug.ts'

/** Replaces Electron's dialog for errors that nobody caught: it shows their text, which may hold a value, to whoever looks. */
export function reportUncaught(onFatal: () => void): void {
  process.on('uncaughtException', (error) => {
    reportBug('the main process', error)
    onFatal()
  })
  process.on('unhandledRejection', (error) => reportBug('the main process', error))
}
