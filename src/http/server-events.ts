/** Server-sent events of something that goes on, until it has ended. */
export interface ServerEvent {
  readonly event: string
  readonly data: unknown
  /** What a client that comes back says it has had (Last-Event-ID). */
  readonly id?: string
}

/** After so long a client that was cut off comes back. */
const RETRY_MS = 2000

/** Writes events as they come; null is a sign of life, a comment, so that nothing in between takes the line for dead. */
export async function writeEvents(
  events: AsyncIterable<ServerEvent | null>,
  sink: (piece: string) => Promise<void>,
): Promise<void> {
  await sink(`retry: ${RETRY_MS}\n\n`)
  for await (const one of events) await sink(one ? eventText(one) : ':\n\n')
}

function eventText({ event, data, id }: ServerEvent): string {
  const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${event}`, `data: ${JSON.stringify(data)}`]
  return `${lines.join('\n')}\n\n`
}
