import type { TlsSettings } from './tls.ts'

/** The parsed file of `--web.config.file`. */
export interface WebSettings {
  /** Null for plain HTTP. */
  readonly tls: TlsSettings | null
  /** bcrypt hashes by user; without any, no login is required. */
  readonly users: ReadonlyMap<string, string>
  /** Response headers to set; an empty value removes the header. */
  readonly headers: ReadonlyMap<string, string>
  /** Whether the file has the key for users, even if it is empty. */
  readonly namesUsers: boolean
  readonly rateLimit: { readonly intervalMs: number; readonly burst: number } | null
  /** Warnings for the operator. */
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

/** Provides the current settings. */
export interface WebConfig {
  settings(): WebSettings
}
