/** A `tools/call` of 2026-07-28 over plain HTTP, by a program that asks for no progress and cannot ask its user; the message is without its id. */
export function modernCall(
  name: string,
  args: object,
  secret: string,
): { headers: Record<string, string>; message: object } {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const params = { name, arguments: args, _meta: meta }
  return {
    message: { method: 'tools/call', params },
    headers: {
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
  }
}
