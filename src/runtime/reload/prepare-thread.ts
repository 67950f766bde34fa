import { loadConfig } from '../../config/load.ts'
import { knownSecrets } from '../../config/redact.ts'
import { ownPort } from '../threads/own-port.ts'
import { type Examined, examine } from './prepare.ts'

/** What the thread answers: as text, which costs the main thread less than a copy of thousands of topics. */
export interface Answer {
  /** JSON of {@link AnswerContent}. */
  text: string
  /** Long, and not read: apart from what is. */
  topics: string
  shown: string
  /** Secrets that were found. */
  secrets: string[]
}

export type AnswerContent = Examined | { failed: string }

const own = ownPort<{ file: string }>('prepare')
if (own) {
  const content: AnswerContent = await examine(() => loadConfig(own.data.file)).catch((error: Error) => ({
    failed: error.message,
  }))
  const isWhole = !('failed' in content) && !content.problems
  const { topics, shown } = isWhole ? content : { topics: '', shown: '' }
  const text = JSON.stringify(isWhole ? { ...content, topics: '', shown: '' } : content)
  own.port.postMessage({ text, topics, shown, secrets: knownSecrets() } satisfies Answer)
  process.exit(0)
}
