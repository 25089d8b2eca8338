/** The screens that the scripts prepared, or the one that is there. Windows on one screen share its focus and its clipboard. */
export const screens: ReadonlyArray<string | undefined> = process.env['CLAWKEEP_DISPLAYS']?.split(' ') ?? [
  process.env['DISPLAY'],
]

/** From now on what this worker starts appears on a screen of its own. */
export function takeOwnScreen(): void {
  const own = screens[Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)]
  if (own !== undefined) process.env['DISPLAY'] = own
}
