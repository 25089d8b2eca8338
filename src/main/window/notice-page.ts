/** What a notice says; `hint` is what to do next. */
export type Notice = { readonly title: string; readonly message: string; readonly hint?: string | undefined }

/** The whole page of a notice: no script, so it also works when the real page does not. All text is escaped. */
export function noticeHtml(notice: Notice): string {
  const hint = notice.hint === undefined ? '' : `<p class="hint">${escapeHtml(notice.hint)}</p>`
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(notice.title)} – Clawkeep</title><link rel="stylesheet" href="/notice.css"></head>
<body><main role="status"><h1>${escapeHtml(notice.title)}</h1><p>${escapeHtml(notice.message)}</p>${hint}</main></body>
</html>
`
}

/** Nothing, in the colours of the theme. */
export const emptyHtml =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Clawkeep</title><link rel="stylesheet" href="/notice.css"></head></html>'

export const noticeCss = `:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#fcfaf9, #161312); color: light-dark(#221d19, #ebe9e6);
  font: 14px/1.55 Inter, system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
main { max-width: 480px; padding: 32px; }
h1 { margin: 0 0 8px; font-size: 20px; line-height: 1.3; }
p { margin: 0 0 8px; overflow-wrap: anywhere; }
.hint { color: light-dark(#615b56, #ada8a3); }
`

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
