import { loadConfig } from '../../config/load.ts'
import { knownSecrets } from '../../config/redact.ts'
import { ownPort } from '../threads/own-port.ts'
import { type Examined, examine } from './prepare.ts'

/** What the thread answers: as text, which costs the main thread less than a copy of thousands of topics. */
export interface Answer {
  text: string
  /** Secrets that were found. */
  secrets: string[]
}

export type AnswerContent = Examined | { failed: string }

const own = ownPort<{ file: string }>('prepare')
if (own) {
  const content: AnswerContent = await examine(() => loadConfig(own.data.file)).catch((error: Error) => ({
    failed: error.message,
  }))
  own.port.postMessage({ text: JSON.stringify(content), secrets: knownSecrets() } satisfies Answer)
  process.exit(0)
}
