/** Headers as Node.js has them. */
export type NodeHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The same, to be asked as those of `fetch` are. */
export const headersOf = (headers: NodeHeaders): Pick<Headers, 'get'> => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    return typeof value === 'string' ? value : null
  },
})
