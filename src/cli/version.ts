import { createRequire } from 'node:module'

/** The version of the package, found by the package's name: this works from sources and from the build. */
export const VERSION: string = createRequire(import.meta.url)('mood-exporter/package.json').version
