import { config } from 'zod'

/**
 * Import this before any model: zod otherwise compiles its parsers with `new Function`, which the window's Content Security
 * Policy forbids and reports.
 */
config({ jitless: true })
