import type { ViteUserConfig } from 'vitest/config'
import config from '../../vitest.config.ts'

/** A vitest configuration for a folder elsewhere, in which `mood-exporter/plugin` is that of this checkout. */
export default { resolve: (config as ViteUserConfig).resolve ?? {} }
