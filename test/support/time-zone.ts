/** Runs as if the computer stood in that zone, such as `Pacific/Auckland`, and puts it back. */
export async function inZone<T>(zone: string, run: () => T | Promise<T>): Promise<T> {
  const before = process.env['TZ']
  process.env['TZ'] = zone
  try {
    return await run()
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
}

/** Zones at both ends of the day and in its middle; in the first two a local midnight is noon UTC. */
export const zones = [
  'Pacific/Fiji',
  'Etc/GMT+12',
  'Pacific/Auckland',
  'Pacific/Kiritimati',
  'Asia/Tokyo',
  'Europe/Berlin',
  'UTC',
  'America/Los_Angeles',
]
