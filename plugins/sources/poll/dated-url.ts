/** Replaces the date placeholders of a URL by the date (UTC) of a time in Unix milliseconds. */
export function datedUrl(url: string, time: number): string {
  const [, yyyy = '', mm = '', dd = ''] = /^(\d{4})-(\d\d)-(\d\d)/.exec(new Date(time).toISOString()) ?? []
  return url.replaceAll('{yyyy}', yyyy).replaceAll('{mm}', mm).replaceAll('{dd}', dd)
}
