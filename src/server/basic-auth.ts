import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { compare } from 'bcrypt'

/** How many wrong passwords are cached, so that a client that repeats one rarely costs a hash. */
const REFUSED_KEPT = 100

/** Comparisons that may queue; further clients are asked to retry later. */
const MOST_WAITING = 16

export type AuthResult = 'accepted' | 'refused' | 'busy'

/** The user and password of an Authorization header (RFC 7617); null if it has none. */
export function credentials(authorization: string | undefined): { user: string; password: string } | null {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) return null
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * Checks passwords against bcrypt hashes, one at a time and off the main thread. Results are cached under a keyed
 * hash of user, password and bcrypt hash: no password is kept, and a new hash in the file is checked again.
 */
export class BasicAuth {
  readonly #key = randomBytes(32)
  /** One per user: the last accepted password. */
  readonly #accepted = new Map<string, Buffer>()
  readonly #refused = new Set<string>()
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** @param users bcrypt hashes by user; at least one */
  async check(users: ReadonlyMap<string, string>, authorization: string | undefined): Promise<AuthResult> {
    const given = credentials(authorization)
    if (!given) return 'refused'
    const { user, password } = given
    const known = users.get(user)
    const hash = known ?? this.#standIn(users, user)
    const digest = this.#digest(user, hash, password)

    const accepted = this.#accepted.get(user)
    if (known !== undefined && accepted && timingSafeEqual(accepted, digest)) return 'accepted'
    const refused = digest.toString('base64')
    if (this.#refused.has(refused)) return 'refused'

    if (this.#waiting >= MOST_WAITING) return 'busy'
    if ((await this.#compare(password, hash)) && known !== undefined) {
      this.#accepted.set(user, digest)
      return 'accepted'
    }
    this.#refused.add(refused)
    if (this.#refused.size > REFUSED_KEPT) this.#refused.delete(this.#refused.values().next().value as string)
    return 'refused'
  }

  /** Verifies after the previous ones have finished, so that guesses occupy at most one core. */
  #compare(password: string, hash: string): Promise<boolean> {
    this.#waiting++
    const result = this.#turn.then(() => compare(password, asRevisionB(hash)))
    this.#turn = result.catch(() => {}).finally(() => this.#waiting--)
    return result
  }

  /**
   * The hash for an unknown user: one of the real ones, always the same for the same name, so that the comparison
   * takes as long as for a known user and timing reveals nothing.
   */
  #standIn(users: ReadonlyMap<string, string>, user: string): string {
    const hashes = [...users.values()]
    return hashes[this.#digest(user).readUInt32LE() % hashes.length] as string
  }

  #digest(...parts: string[]): Buffer {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest()
  }
}

/** `htpasswd` writes revision 2y, which is equal to 2b, but not known to the library. */
const asRevisionB = (hash: string): string => hash.replace(/^\$2y\$/, '$2b$$')
