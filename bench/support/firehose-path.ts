import { fileURLToPath } from 'node:url'

/** The path of the benchmark's own source, for `use:`. */
export const FIREHOSE = fileURLToPath(new URL('./firehose.ts', import.meta.url))
