import type { PluginErrorCode } from 'mood-exporter/plugin'

/** The first message to the process of the model. */
export interface Setup {
  /** The model's folder and its files, as absolute paths. */
  folder: string
  modelFile: string
  /** Where packages are looked for that the plugin itself does not see: the folder of the configuration. */
  baseDir: string
  maxTokens: number
  batchSize: number
  threads: number
}

/** The texts of one call. */
export interface Question {
  texts: readonly string[]
}

/** What the model turned out to be, once it has answered a first text. */
export interface Ready {
  /** How many logits it gives for a text. */
  labels: number
  /** How many tokens of a text it reads, special ones included. */
  tokens: number
}

export type ToProcess = { setup: Setup } | Question

export type FromProcess =
  | { ready: Ready }
  /** A row for each text, in their order; null for a text without tokens. */
  | { logits: (readonly number[] | null)[] }
  /** With the code of what went wrong, while the model is set up. */
  | { failed: string; code?: PluginErrorCode }
