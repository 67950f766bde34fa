import { codeOf } from '../../catalogue/errors.ts'
import { adapted } from '../../config/adaptation.ts'
import { loadConfig } from '../../config/load.ts'
import { knownSecrets } from '../../config/redact.ts'
import { messageOf } from '../../plugin/message-of.ts'
import { ownPort } from '../threads/own-port.ts'
import { type Examined, examine } from './examine.ts'
import type { ConfigFile } from './prepare.ts'

/** The answer of the thread, as text: this costs the main thread less than a copy of thousands of topics. */
export interface Answer {
  /** JSON of {@link AnswerContent}. */
  text: string
  /** Separate, because it is long and not parsed. */
  topics: string
  shown: string
  /** Secrets in the configuration. */
  secrets: string[]
}

export type AnswerContent = Examined | { failed: string; code?: string | undefined }

const own = ownPort<ConfigFile>('prepare')
if (own) {
  const { data, port } = own
  const load = async () => adapted(await loadConfig(data.file), data)
  const content: AnswerContent = await examine(load).catch((error: unknown) => ({
    failed: messageOf(error),
    code: codeOf(error),
  }))
  const isWhole = !('failed' in content) && !content.problems
  const { topics, shown } = isWhole ? content : { topics: '', shown: '' }
  const text = JSON.stringify(isWhole ? { ...content, topics: '', shown: '' } : content)
  port.postMessage({ text, topics, shown, secrets: knownSecrets() } satisfies Answer)
  process.exit(0)
}
