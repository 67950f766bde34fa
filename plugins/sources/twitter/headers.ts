/** Headers in the form of Node.js. */
export type NodeHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The same with the interface of `fetch`. */
export const headersOf = (headers: NodeHeaders): Pick<Headers, 'get'> => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  },
})
