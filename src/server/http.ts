/**
 * `node:http`, in CommonJS's way: an `import` of it reads all that it exports, `WebSocket` among it, with which all of
 * undici is loaded: 7 MB.
 */
export const { createServer, STATUS_CODES, validateHeaderValue } = process.getBuiltinModule('node:http')
