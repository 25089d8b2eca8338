import type { Engine } from '../../../shared/models/assistant.ts'

/** The container engine in two or three words, and whether that is as it should be. */
export function engineWords(engine: Engine): { readonly words: string; readonly fine: boolean } {
  switch (engine.state) {
    case 'ready':
      return {
        words: engine.version === null ? 'Docker ready' : `Docker ${engine.version.replace(/\+.*$/, '')}`,
        fine: true,
      }
    case 'unknown':
      return { words: 'Looking for Docker', fine: true }
    case 'absent':
      return { words: 'No Docker', fine: false }
    case 'stopped':
      return { words: 'Docker stopped', fine: false }
    case 'no_permission':
      return { words: 'No access to Docker', fine: false }
    case 'unsupported':
      return { words: 'Docker too old', fine: false }
  }
}
