/** What the benchmark uses of autocannon, which brings no types. */
declare module 'autocannon' {
  interface Client {
    setRequests(requests: readonly { readonly body: string }[]): void
  }
  interface Options {
    readonly url: string
    readonly connections: number
    readonly duration: number
    readonly method: 'POST'
    readonly headers: Readonly<Record<string, string>>
    readonly setupClient: (client: Client) => void
  }
  interface Result {
    /** Seconds that it took. */
    readonly duration: number
    readonly errors: number
    readonly timeouts: number
    readonly non2xx: number
  }
  interface Instance extends Promise<Result> {
    on(event: 'response', listener: (client: Client, status: number, bytes: number, ms: number) => void): void
    stop(): void
  }
  export default function autocannon(options: Options): Instance
}
