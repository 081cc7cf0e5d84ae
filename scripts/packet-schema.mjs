// Writes docs/packet.schema.json, the published form of packet.json, from src/packets/packet-schema.ts; a test compares the
// two.
//
//   node scripts/bootstrap.mjs scripts/packet-schema.mjs

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PACKET_SCHEMA } from '../src/packets/packet-schema.ts'

const file = fileURLToPath(new URL('../docs/packet.schema.json', import.meta.url))
writeFileSync(file, `${JSON.stringify(PACKET_SCHEMA, null, 2)}\n`)
process.stdout.write(`${file}\n`)
