import { globalAgent } from 'node:http'
import { ContainerEngine } from '../../src/main/assistants/engine.ts'

// Looks for the engine as root and again as a user who may not use it; prints both as one line of JSON.
const engine = new ContainerEngine()
const asRoot = await engine.check()
// A connection that root left open would be used again.
globalAgent.destroy()
process.setgroups?.([])
process.setegid?.(65_534)
process.seteuid?.(65_534)
const asNobody = await new ContainerEngine().check()
process.stdout.write(JSON.stringify({ asRoot, asNobody }))
process.exit(0)
