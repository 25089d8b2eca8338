import { expect, type Page } from '@playwright/test'

/** Without a change for this long the page stands still; an answer of the main process is shown sooner. */
const quietMs = 150

/**
 * Waits until the page shows what it is going to show: everything is loaded, whatever moves in has arrived, and a prompt that has
 * just come up takes its answers. Fails when it does not come to rest.
 */
export async function standStill(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Deny', exact: true, disabled: true })).toHaveCount(0)
  await expect.poll(() => page.evaluate<string>(unrest), { message: 'what moves in the page', intervals: [0] }).toBe('')
}

/** Runs in the page for that long: what changed meanwhile, what still moves, and whether something is waited for. */
const unrest = `new Promise((resolve) => {
  const changed = new Set()
  const observer = new MutationObserver((records) => records.forEach(({ target }) => changed.add(target.nodeName)))
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  // The frame after it has painted what was changed by then.
  setTimeout(() => requestAnimationFrame(() => {
    observer.disconnect()
    const moving = document.getAnimations().filter(({ playState }) => playState === 'running')
    for (const { effect } of moving) changed.add('moving ' + effect?.target?.nodeName)
    // What is waited for is not named before 300 ms have passed.
    if (document.querySelector('div[role=status]:empty') !== null) changed.add('waiting')
    // A part whose script is still read shows nothing, and every view has a heading.
    if (document.querySelector('h1') === null) changed.add('nothing is shown yet')
    resolve([...changed].join(', '))
  }), ${quietMs})
})`
