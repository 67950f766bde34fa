/** The states of a request that can be withdrawn. */
const OPEN = 0
const WITHDRAWN = 1
const COMMITTING = 2

/** Memory of a request that its sender can withdraw until the receiver commits it: exactly one of both succeeds. */
export const withdrawable = (): Int32Array => new Int32Array(new SharedArrayBuffer(4))

/** Withdraws a request. Returns false if the receiver already commits it, and will answer. */
export const withdraw = (request: Int32Array): boolean =>
  Atomics.compareExchange(request, 0, OPEN, WITHDRAWN) !== COMMITTING

/** Begins to commit a request. Returns false if it is withdrawn. */
export const beginCommit = (request: Int32Array): boolean =>
  Atomics.compareExchange(request, 0, OPEN, COMMITTING) === OPEN
