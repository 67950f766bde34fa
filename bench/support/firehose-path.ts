import { fileURLToPath } from 'node:url'

/** The benchmark's own source, as `use:` takes it. */
export const FIREHOSE = fileURLToPath(new URL('./firehose.ts', import.meta.url))
