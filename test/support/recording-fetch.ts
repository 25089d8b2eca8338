/** `fetch` that hands over every answer as it came: its headers and its body, byte for byte. */
export function recordingFetch(record: (bytes: Buffer) => void): typeof fetch {
  return async (...args) => {
    const response = await fetch(...args)
    const body = response.clone()
    void body.arrayBuffer().then(
      (bytes) => record(Buffer.concat([Buffer.from(JSON.stringify([...response.headers])), Buffer.from(bytes)])),
      () => undefined,
    )
    return response
  }
}
