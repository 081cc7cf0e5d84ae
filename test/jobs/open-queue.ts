import { openQueue } from '../../src/jobs/queue.ts'

// A process of its own that opens the queue of a database and puts two jobs into it.
const queue = await openQueue(process.argv[2]!, {
  worker: true,
  onError: (error) => process.stderr.write(String(error)),
})
await queue.announceRanges(`of ${process.pid}`, 2)
await queue.close()
process.exit(0)
