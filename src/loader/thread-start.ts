import { moduleUrl } from './registry.ts'

/** In a checkout a thread starts with the TypeScript loader; in the package with the module itself. */
const THREAD = new URL('../../bin/thread.mjs', import.meta.url)

/**
 * The arguments to start a thread that runs a module of the exporter.
 *
 * @param path of the module below the root, without the extension
 * @param data the `workerData` of the module
 */
export function threadStart<Data extends object>(path: string, data: Data): { url: URL; workerData: Data } {
  const module = moduleUrl(path)
  return module.endsWith('.ts')
    ? { url: THREAD, workerData: { ...data, module } }
    : { url: new URL(module), workerData: data }
}
