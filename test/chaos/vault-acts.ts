/** What a kill is aimed at. */
export const acts = ['edit', 'rotate', 'backup', 'restore', 'attach', 'import'] as const
export type Act = (typeof acts)[number]

/** What an item holds; its files by the SHA-256 of their bytes, sorted. */
export type Held = { readonly secret: string; readonly files: ReadonlyArray<string> }

/** The items of a vault by name. */
export type Content = Readonly<Record<string, Held>>

/** What the process writes down: at its start what it found, before each act what was there and what will be, after it that it was acknowledged. */
export type Said =
  | {
      readonly event: 'open'
      readonly content: Content
      readonly problem: unknown
      readonly auditProblem: unknown
      /** Names of backups that did not open; one is tried at each start. */
      readonly badBackups: ReadonlyArray<string>
    }
  | { readonly event: 'begin'; readonly op: Act; readonly before: Content; readonly after: Content }
  | { readonly event: 'done'; readonly op: Act }
