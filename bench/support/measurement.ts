import { availableParallelism, cpus } from 'node:os'

/** When and on which machine something is measured, for the documentation. */
export const measurement = () => ({
  measured: new Date().toISOString().slice(0, 10),
  machine: `${availableParallelism()} cores (${cpus()[0]?.model}), Node.js ${process.versions.node}`,
})
