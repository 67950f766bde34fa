/**
 * `node:http` through CommonJS: an `import` would read all exports, including `WebSocket`, which loads all of undici:
 * 7 MB.
 */
export const { createServer, STATUS_CODES, validateHeaderValue } = process.getBuiltinModule('node:http')
