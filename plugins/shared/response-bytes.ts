/**
 * The body of a response, unpacked; never more than the limit is held.
 *
 * @param most its largest size, in bytes
 * @param tooLong makes the error of a larger one
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
