// The main process reads and runs the core when the page first asks for something. It asks before the rest of the page runs, so that
// both run at the same time; whoever needs the answer asks again.
void window.clawkeep?.request('status.get', undefined).catch(() => undefined)
