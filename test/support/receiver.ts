import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly id: string
  /** Of the case's event. */
  readonly case: string
  readonly number: number
}

export interface Receiver {
  readonly url: string
  readonly host: string
  readonly received: Received[]
  /** What it answers; 204 unless told. Nothing is answered where it gives null. */
  answer: (received: Received) => number | null | Promise<number | null>
}

/** A case system that listens on this machine and keeps what it is sent. */
export async function startReceiver(test: Pick<Test, 'teardown'>): Promise<Receiver> {
  const received: Received[] = []
  const receiver = { url: '', host: '', received, answer: (() => 204) as Receiver['answer'] }
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const { data } = JSON.parse(text)
    const one = {
      headers: request.headers,
      text,
      id: String(request.headers['webhook-id']),
      case: data.case,
      number: data.number,
    }
    received.push(one)
    const status = await receiver.answer(one)
    if (status === null) return
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {})
    response.end('x'.repeat(1000))
  }
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  test.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  receiver.host = `127.0.0.1:${port}`
  receiver.url = `http://${receiver.host}/events`
  return receiver
}
