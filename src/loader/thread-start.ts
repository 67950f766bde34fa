import { moduleUrl } from './registry.ts'

/** In a checkout a thread begins with what reads TypeScript; in the package with the module itself. */
const THREAD = new URL('../../bin/thread.mjs', import.meta.url)

/**
 * What a thread is started with that runs a module of the exporter.
 *
 * @param path of the module below the root, without its extension
 * @param data what the module is to have as `workerData`
 */
export function threadStart<Data extends object>(path: string, data: Data): { url: URL; workerData: Data } {
  const module = moduleUrl(path)
  return module.endsWith('.ts')
    ? { url: THREAD, workerData: { ...data, module } }
    : { url: new URL(module), workerData: data }
}
