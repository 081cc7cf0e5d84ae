/**
 * The bare route: what an answer costs when nothing is done with the records. One prepared statement on a pool like the
 * program's gives the records of the people of a household as JSON. Started by checks-single.ts with fork; takes a
 * BareTask as a message and answers with its port.
 */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { connect } from '../src/db/connect.ts'
import { findUsed } from './checks-sql.ts'

export interface BareTask {
  readonly url: string
  /** Hashes of the people (hex) of each household: to compute them is no part of a bare route. */
  readonly people: Readonly<Record<string, readonly string[]>>
}

async function serve({ url, people }: BareTask): Promise<number> {
  const { pool } = await connect(url)
  const deliveries = [...(await findUsed(pool)).values()].map(({ id }) => `'${id}'`).join(', ')
  const gather = {
    name: 'gather',
    text: `select delivery_id, person_hash, name_hash, name_state, row, rank, type, fate, key, fields
      from record where delivery_id in (${deliveries}) and person_hash = any($1)`,
  }
  const hashes = new Map(Object.entries(people).map(([id, hex]) => [id, hex.map((text) => Buffer.from(text, 'hex'))]))
  const app = Fastify()
  app.post<{ Body: { household: { id: string } } }>('/bare', async ({ body }) => {
    const { rows } = await pool.query({ ...gather, values: [hashes.get(body.household.id)] })
    return rows
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

process.once('message', async (task: BareTask) => {
  process.send?.(await serve(task))
  // It listens until its parent ends it or is gone.
  process.once('disconnect', () => process.kill(process.pid))
})
