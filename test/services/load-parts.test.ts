import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { writeSampleCounty } from '../../src/sample/write-sample-county.ts'
import { importHouseholds } from '../../src/services/import-households.ts'
import { type DeliveryReport, ingestDelivery } from '../../src/services/ingest-delivery.ts'
import { createHedui } from '../support/hedui.ts'

const folder = mkdtempSync(join(tmpdir(), 'hedui-load-parts-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

t.test('several threads load what one loads, row by row', async (t) => {
  const hedui = await createHedui(t)
  const { files, asOf } = await writeSampleCounty({ households: 150, seed: 11, out: folder, defects: 0.1 })
  const register = { file: join(folder, 'households.ndjson'), asOf, actor: 'test' }
  await importHouseholds({ ...hedui, sources: [...hedui.adapters.keys()] }, register)

  const rowsOf = async (id: string) => {
    const tables = {
      record: 'row, person_hash, name_hash, name_state, type, fate, rank, key, fields::text',
      lead_identity: 'row, person_hash',
      unidentified_row: 'row, type, why, fields::text',
      quarantined_row: 'row, column_name, code, reason',
    }
    const read = Object.entries(tables).map(async ([table, columns]) => {
      const { rows } = await hedui.database.pool.query(
        `select ${columns} from ${table} where delivery_id = $1 order by row`,
        [id],
      )
      return [table, rows] as const
    })
    return Object.fromEntries(await Promise.all(read))
  }

  for (const source of ['vehicle', 'property', 'tax', 'social-insurance'] as const) {
    const path = join(folder, files[source].file)
    t.ok(statSync(path).size > 20_000, `${source} is worth cutting`)
    for (const retain of ['all', 'known'] as const) {
      const load = (region: string, from: number): Promise<DeliveryReport> =>
        ingestDelivery(
          { ...hedui, parts: { from, bytes: 5000 } },
          { source, path, asOf: files[source].asOf, region, retain, actor: 'test' },
        )
      const whole = await load(retain === 'all' ? '1' : '2', Number.POSITIVE_INFINITY)
      const parts = await load(retain === 'all' ? '3' : '4', 0)
      t.same({ ...parts, delivery: '' }, { ...whole, delivery: '' }, `${source} ${retain}: the same report`)
      t.ok(whole.kept > 0 && (retain === 'all' || whole.dropped > 0))
      t.same(await rowsOf(parts.delivery), await rowsOf(whole.delivery), `${source} ${retain}: the same rows`)
    }
  }
})
