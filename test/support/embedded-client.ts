// One process that shares the embedded server of the home folder in its first argument: writes the connection string
// when it has it, closes and ends when its stdin ends. Started by test/db/embedded-server.test.ts.

import { openEmbeddedServer } from '../../src/db/embedded-server.ts'

const server = await openEmbeddedServer({ home: process.argv[2]!, durable: process.argv[3] !== 'not-durable' })
process.stdout.write(`${server.connectionString}\n`)
process.stdin.resume()
await new Promise((resolve) => process.stdin.once('end', resolve))
await server.close()
