import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { PluginError, readRegularFile } from 'mood-exporter/plugin'

/** Reads a certificate and its key. @throws PluginError if they cannot be parsed or do not match */
export function readTls(
  certFile: string | undefined,
  keyFile: string | undefined,
  baseDir: string,
): { cert: Buffer; key: Buffer } | undefined {
  if (certFile === undefined && keyFile === undefined) return undefined
  if (certFile === undefined || keyFile === undefined)
    throw new PluginError('ERR_HTTP_TLS', 'tls_cert and tls_key: expected both or neither')
  const cert = read('tls_cert', resolve(baseDir, certFile))
  const key = read('tls_key', resolve(baseDir, keyFile))
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new PluginError(
      'ERR_HTTP_TLS',
      `tls_cert and tls_key: expected a certificate and its key in PEM, got ${certFile} and ${keyFile}: ${(error as Error).message}`,
    )
  }
  return { cert, key }
}

function read(option: string, file: string): Buffer {
  try {
    return readRegularFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new PluginError('ERR_HTTP_TLS', `${option}: cannot read ${file} (${code})`, { cause: error })
  }
}
