// Where a thread begins that runs a module of the checkout: src/loader/thread-start.ts
import { workerData } from 'node:worker_threads'
import { readStripped } from './types.mjs'

readStripped()
await import(workerData.module)
