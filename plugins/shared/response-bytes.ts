/**
 * The body of a response, decompressed; at most the limit is held in memory.
 *
 * @param most its largest size, in bytes
 * @param tooLong makes the error for a larger body
 */
export async function responseBytes(response: Response, most: number, tooLong: () => Error): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    // Leaving the loop cancels the rest.
    if (bytes > most) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
