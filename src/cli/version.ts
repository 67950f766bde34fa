import { createRequire } from 'node:module'

/** The package's own version, found by its name: the same way from its sources as from what is built of them. */
export const VERSION: string = createRequire(import.meta.url)('mood-exporter/package.json').version
