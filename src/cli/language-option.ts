import { LANGUAGE, LANGUAGE_EXPECTED } from '../config/language.ts'
import { usageError } from './errors.ts'

/** Refuses a value of `--lang` that is no language, as it would count as `other`. @throws ERR_USAGE */
export function refuseNoLanguage(lang: string | undefined): void {
  if (lang !== undefined && !LANGUAGE.test(lang))
    throw usageError(`--lang: ${LANGUAGE_EXPECTED}, got "${lang}"`)
}
