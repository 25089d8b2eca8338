'use strict'
// A gateway that does the wrong thing on demand: GET /<what>, without a token, for the tests of what the supervisor makes
// of it. It is ready at once.

const http = require('node:http')

const hoard = []
let deaf = false

const acts = {
  '/eat-memory': () => {
    // Outside of V8's heap, so that the kernel ends it and not V8.
    for (;;) hoard.push(Buffer.alloc(8 * 1024 * 1024, 1))
  },
  '/exit-3': () => {
    console.log('something went wrong inside')
    process.exit(3)
  },
  '/exit-78': () => process.exit(78),
  '/go-deaf': () => (deaf = true),
  '/hear-again': () => (deaf = false),
}

http
  .createServer((request, response) => {
    const act = acts[request.headers['x-openclaw-session-key']]
    if (act !== undefined) setImmediate(() => act())
    if (deaf && request.url === '/healthz') return response.destroy()
    response.end(act === undefined ? 'ok' : 'data: [DONE]\n\n')
  })
  .listen(18789, '127.0.0.1')
if (require('node:fs').existsSync('/home/node/crash-at-start')) process.exit(5)
