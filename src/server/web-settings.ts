import type { TlsSettings } from './tls.ts'

/** What the file of `--web.config.file` says, ready for use. */
export interface WebSettings {
  /** Null for plain HTTP. */
  readonly tls: TlsSettings | null
  /** bcrypt hashes by user; without any, no login is required. */
  readonly users: ReadonlyMap<string, string>
  /** Response headers to set, or with an empty value to leave out. */
  readonly headers: ReadonlyMap<string, string>
  /** Whether the file speaks of users, if only to say that there are none. */
  readonly namesUsers: boolean
  readonly rateLimit: { readonly intervalMs: number; readonly burst: number } | null
  /** What an operator should know, though it is no error. */
  readonly notes: readonly string[]
}

/** The settings without a file. */
export const NO_WEB_CONFIG: WebSettings = {
  tls: null,
  users: new Map(),
  headers: new Map(),
  namesUsers: false,
  rateLimit: null,
  notes: [],
}

/** Where the settings of this moment are had from. */
export interface WebConfig {
  settings(): WebSettings
}
