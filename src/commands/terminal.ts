import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { SingleBar } from 'cli-progress'

/** Where a command speaks: results to `out`, everything else to `err`. */
export interface Terminal {
  /** A line for the reader of the results. */
  print(line: string): Promise<void>
  /** A line about what is going on. */
  say(line: string): void
  /** Shows how far long work is: a bar on a terminal, a line now and then in a pipe. */
  progress(label: string, unit: string): Progress
}

export interface Progress {
  update(done: number, total?: number): void
  end(): void
}

/** Progress over several stages, each shown by itself. */
export function stagedProgress(terminal: Terminal): {
  update(stage: string, unit: string, done: number, total?: number): void
  end(): void
} {
  let shown: { stage: string; progress: Progress } | null = null
  return {
    update(stage, unit, done, total) {
      if (shown?.stage !== stage) {
        shown?.progress.end()
        shown = { stage, progress: terminal.progress(stage, unit) }
      }
      shown.progress.update(done, total)
    },
    end() {
      shown?.progress.end()
      shown = null
    },
  }
}

/** A pipe gets a line at most this often. */
const LINE_EVERY_MS = 2000

export function createTerminal(out: Writable, err: Writable & { isTTY?: boolean }, now: () => number): Terminal {
  return {
    async print(line) {
      if (!out.write(`${line}\n`)) await once(out, 'drain')
    },
    say(line) {
      err.write(`${line}\n`)
    },
    progress: (label, unit) => (err.isTTY ? bar(err, label, unit) : lines(err, now, { label, unit })),
  }
}

function bar(err: Writable, label: string, unit: string): Progress {
  let shown: SingleBar | null = null
  let known = 0
  return {
    update(done, total) {
      if (!shown) {
        const format = total
          ? `${label} {bar} {percentage}% {value}/{total} ${unit} · {eta_formatted}`
          : `${label} {value} ${unit} · {duration_formatted}`
        shown = new SingleBar({
          format,
          stream: err as NodeJS.WritableStream,
          hideCursor: true,
          barCompleteChar: '█',
          barIncompleteChar: '░',
        })
        shown.start(total ?? 0, 0)
      }
      known = done
      if (total) shown.setTotal(total)
      shown.update(done)
    },
    end() {
      shown?.update(known)
      shown?.stop()
      shown = null
    },
  }
}

function lines(err: Writable, now: () => number, { label, unit }: { label: string; unit: string }): Progress {
  let last = now()
  let shown = -1
  let known: [number, number | undefined] = [0, undefined]
  const show = () => {
    const [done, total] = known
    shown = done
    err.write(`${label}: ${done}${total ? ` of ${total}` : ''} ${unit}\n`)
  }
  return {
    update(done, total) {
      known = [done, total]
      if (now() - last < LINE_EVERY_MS) return
      last = now()
      show()
    },
    end() {
      if (known[0] !== shown && known[0] > 0) show()
    },
  }
}
