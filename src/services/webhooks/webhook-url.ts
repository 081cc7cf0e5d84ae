import { HeduiError } from '../../errors.ts'

/**
 * Whether events may be sent to a URL's host: only to those of the settings, as "host" (any port) or "host:port". Whoever
 * may subscribe could otherwise have the program knock at any door of the network that it stands in.
 */
export function isAllowedHost({ hostname, host, port, protocol }: URL, hosts: readonly string[]): boolean {
  const withPort = port ? host : `${hostname}:${protocol === 'https:' ? 443 : 80}`
  return hosts.includes(hostname) || hosts.includes(withPort)
}

/** The URL to which events may be sent. Throws HeduiError INPUT_INVALID saying what is allowed. */
export function requireWebhookUrl(text: string, hosts: readonly string[]): URL {
  const invalid = (message: string) => new HeduiError('INPUT_INVALID', message, { path: 'url' })
  const url = URL.parse(text)
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw invalid('must be a URL of http or https')
  if (url.username || url.password || url.hash) throw invalid('must hold no user, password or fragment')
  if (isAllowedHost(url, hosts)) return url
  const allowed = hosts.length > 0 ? `allowed: ${hosts.join(', ')}` : 'none is allowed yet'
  throw invalid(`must be at a host of the setting HEDUI_WEBHOOK_HOSTS; ${allowed}`)
}
