import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// An OpenClaw-compatible gateway in a process of its own that answers every chat at once, streamed or whole, as it is asked.

const text = 'The answer comes at once.'
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const { stream } = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean }
    if (stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\ndata: [DONE]\n\n`)
    } else {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: text } }] }))
    }
  })
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: (server.address() as AddressInfo).port })))
process.once('SIGTERM', () => process.exit(0))
