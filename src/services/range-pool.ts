import { Worker } from 'node:worker_threads'
import type { CheckedRange } from './check-range.ts'
import type { RangeAnswer, RangeNotice, RangeRequest, RangeWorkerSetup } from './range-worker.ts'
import { reviveError } from './thread-error.ts'

/** Does ranges of runs: in this thread, or in others. */
export interface RangeDoer {
  /** How many ranges it does at once. */
  readonly size: number
  /** Does one range, or any that is left; null where there is none to take. */
  take(request: RangeRequest): Promise<CheckedRange | null>
  close(): Promise<void>
}

interface Task {
  readonly request: RangeRequest
  resolve(done: CheckedRange | null): void
  reject(error: unknown): void
}

/** Threads that do ranges, each with a connection of its own. One that dies is replaced, and its range is left undone. */
export class RangePool implements RangeDoer {
  readonly size: number
  readonly #setup: RangeWorkerSetup
  readonly #onNotice: (notice: RangeNotice) => void
  readonly #idle: Worker[] = []
  readonly #busy = new Map<Worker, Task>()
  readonly #waiting: Task[] = []
  #closed = false

  constructor(setup: RangeWorkerSetup, { size, onNotice }: { size: number; onNotice: (notice: RangeNotice) => void }) {
    this.size = size
    this.#setup = setup
    this.#onNotice = onNotice
  }

  /** Starts all threads before there is a range, for a process that waits for some: they start with the first otherwise. */
  start(): void {
    while (!this.#closed && this.#idle.length + this.#busy.size < this.size) this.#start()
  }

  take(request: RangeRequest): Promise<CheckedRange | null> {
    if (this.#closed) return Promise.reject(new Error('the threads have been ended'))
    const { promise, resolve, reject } = Promise.withResolvers<CheckedRange | null>()
    this.#waiting.push({ request, resolve, reject })
    if (this.#idle.length === 0 && this.#busy.size < this.size) this.#start()
    this.#next()
    return promise
  }

  #next(): void {
    while (this.#waiting.length > 0 && this.#idle.length > 0) {
      const worker = this.#idle.pop()!
      const task = this.#waiting.shift()!
      this.#busy.set(worker, task)
      worker.postMessage(task.request)
    }
  }

  #start(): void {
    const worker = new Worker(new URL('./range-worker.ts', import.meta.url), { workerData: this.#setup })
    worker.on('message', (answer: RangeAnswer) => {
      if ('notice' in answer) return this.#onNotice(answer.notice)
      const task = this.#busy.get(worker)
      this.#busy.delete(worker)
      this.#idle.push(worker)
      if ('done' in answer) task?.resolve(answer.done)
      else task?.reject(reviveError(answer.failure))
      this.#next()
    })
    worker.on('error', (error) => this.#lose(worker, error))
    worker.on('exit', (code) => this.#lose(worker, new Error(`a thread ended with ${code}`)))
    this.#idle.push(worker)
  }

  #lose(worker: Worker, error: unknown): void {
    const at = this.#idle.indexOf(worker)
    if (at >= 0) this.#idle.splice(at, 1)
    const task = this.#busy.get(worker)
    this.#busy.delete(worker)
    task?.reject(error)
    if (this.#closed || this.#waiting.length === 0 || this.#busy.size + this.#idle.length >= this.size) return
    this.#start()
    this.#next()
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the threads have been ended'))
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((worker) => worker.terminate()))
  }
}
