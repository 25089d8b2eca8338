import type { Icon } from '@modelcontextprotocol/server'

/** Drawn here and carried in the answer: a client needs no network, and asks nobody, to show it. */
function icon(shape: string): Icon[] {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#d9501a" stroke-width="2">${shape}</svg>`
  return [
    {
      src: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
      mimeType: 'image/svg+xml',
      sizes: ['any'],
    },
  ]
}

/** The shield with battlements and the marks of claws, as on the app's own icon. */
export const serverIcons = icon(
  '<path d="M3 3h4v3h3V3h4v3h3V3h4v8c0 5-3 8-9 10-6-2-9-5-9-10z"/><path d="M9 10c0 3 .5 4.5 1.5 6M14 10c0 3 .5 4.5 1.5 6"/>',
)

export const toolIcons = {
  assistant: icon('<path d="M4 8h16v11H4zM12 8V4M9 13v1M15 13v1"/>'),
  chat: icon('<path d="M4 5h16v11H10l-4 4v-4H4z"/>'),
  secret: icon('<circle cx="8" cy="15" r="4"/><path d="m11 12 8-8M16 7l3 3"/>'),
  request: icon('<path d="M4 12h15M13 6l6 6-6 6"/>'),
  question: icon('<circle cx="12" cy="12" r="9"/><path d="M9 10a3 3 0 1 1 3 3v1M12 17v.5"/>'),
} as const
