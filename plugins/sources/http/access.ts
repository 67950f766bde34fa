import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from './http-error.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Makes a check of who may post, by the headers of a request. It throws a {@link HttpError} of 401 or 403.
 *
 * With a token it is RFC 6750: `Authorization: Bearer TOKEN`. Digests are compared in constant time, so that the
 * timing reveals nothing about the token, not even its length.
 *
 * Without a token, any program on this machine may post, but no web page that is open on it: browsers send `Origin`
 * with a page's POST. Without this check any site could post to a port of its visitor's own machine.
 */
export function accessCheck(token: string | undefined): (headers: IncomingHttpHeaders) => void {
  if (token === undefined) {
    return ({ origin }) => {
      if (origin !== undefined)
        throw new HttpError(403, 'browser', 'web pages may not post here unless the source has a `token`')
    }
  }
  const expected = digest(token)
  return ({ authorization = '' }) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
    if (given === undefined) throw unauthorised('expected a header "Authorization: Bearer TOKEN"')
    if (!timingSafeEqual(digest(given), expected))
      throw unauthorised('the token is not the one of this source', ', error="invalid_token"')
  }
}

function unauthorised(message: string, detail = ''): HttpError {
  return new HttpError(401, 'unauthorised', message, {
    'WWW-Authenticate': `Bearer realm="mood-exporter"${detail}`,
  })
}
