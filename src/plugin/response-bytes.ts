/**
 * The body of a response of `fetch`, decompressed. No more than the limit and one chunk are held in memory.
 *
 * @param most its largest size, in bytes
 * @param tooLong makes the error with which it rejects for a larger body; the rest of the body is then not read
 * @throws the error of `fetch` if the body is truncated or its signal is aborted
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
