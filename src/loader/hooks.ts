import { registerHooks } from 'node:module'
import { moduleUrl } from './registry.ts'

/**
 * Lets a plugin import `mood-exporter/plugin` from any folder, even one without `node_modules`, and lets the host
 * import a package as seen from the configuration's folder. Import this module first in every thread that loads
 * plugins.
 */
const API: Record<string, string> = {
  'mood-exporter/plugin': moduleUrl('src/plugin/index'),
  'mood-exporter/plugin/testing': moduleUrl('src/plugin/testing'),
}

const PACKAGE = 'mood-plugin:'

/** A specifier that imports the package as a module in that folder would. */
export const packageFrom = (name: string, folderUrl: string): string =>
  `${PACKAGE}${encodeURIComponent(folderUrl)}:${name}`

registerHooks({
  resolve(specifier, context, nextResolve) {
    const api = API[specifier]
    if (api) return { url: api, shortCircuit: true }
    if (!specifier.startsWith(PACKAGE)) return nextResolve(specifier, context)
    const [folder, name] = specifier.slice(PACKAGE.length).split(/:(.*)/s) as [string, string]
    return nextResolve(name, { ...context, parentURL: `${decodeURIComponent(folder)}/mood.yml` })
  },
})
