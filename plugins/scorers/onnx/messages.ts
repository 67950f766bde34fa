import type { PluginErrorCode } from 'mood-exporter/plugin'

/** The first message to the model's process. */
export interface Setup {
  /** The model's folder and its files, as absolute paths. */
  folder: string
  modelFile: string
  /** Where packages are searched that the plugin itself cannot find: the folder of the configuration. */
  baseDir: string
  maxTokens: number
  batchSize: number
  threads: number
}

/** The texts of one call. */
export interface Question {
  texts: readonly string[]
}

/** The properties of the model, after it has answered a first text. */
export interface Ready {
  /** The number of logits for a text. */
  labels: number
  /** The maximum of tokens of a text, special ones included. */
  tokens: number
}

export type ToProcess = { setup: Setup } | Question

export type FromProcess =
  | { ready: Ready }
  /** A row for each text, in order; null for a text without tokens. */
  | { logits: (readonly number[] | null)[] }
  /** With the error code, while the model is set up. */
  | { failed: string; code?: PluginErrorCode }
