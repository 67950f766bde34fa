/** An HTTP error, answered as JSON. */
export class HttpError extends Error {
  override name = 'HttpError'
  /** The HTTP status. */
  readonly statusCode: number
  /** A code for programs; the message is for people. */
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(statusCode: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.statusCode = statusCode
    this.code = code
    this.headers = headers
  }
}
