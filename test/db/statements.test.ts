import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/hedui.ts'
import { liveADay } from '../support/scripted-day.ts'
import { noteStatements, refusalsOf, shapeOf, touchesShards } from '../support/sent-statements.ts'
import { createWork } from '../support/work.ts'

/** The statements that somebody has looked at, with what Citus does with each. */
const PAGE = 'docs/citus-statements.md'
const looked = new Set(
  [...readFileSync(join(ROOT, PAGE), 'utf8').matchAll(/```sql\n(.*?)```/gs)].flatMap(([, block]) =>
    block!.split('\n\n').map((text) => shapeOf(text)),
  ),
)

t.test('what is known to be refused is seen in a statement', async (t) => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['update record_DELIVERY t set fate = s.fate from s where t.ctid = s.at', /ctid/],
    ['select household_id from household_version where household_id = $1 for update', /row lock/],
    ['select * from household_person p left join person k using (person_hash)', /across distribution columns/],
    ['select * from record r join household_person p on p.person_hash = r.person_hash', /across distribution columns/],
    ['select * from household_version v join household_person using (version_id)', /without the distribution column/],
    ['select * from check_result r join run u on u.id = r.run_id', /run, of the coordinator/],
    [
      'select * from household_version where exists (select from household_import i where i.id = import_id)',
      /coordinator/,
    ],
    ['select * from household_version join unnest($1::text[], $2::uuid[]) as w (a, b) on a = household_id', /unnest/],
    ['insert into audit (id, at) values ($1, (select max(at) from audit))', /subquery in INSERT/],
    ['select row_number() over (order by outcome) from check_result', /window/],
    ['select * from person p where not exists (select from lead_identity l where l.row = 1 offset 0)', /OFFSET/],
    ['select * from person p cross join lateral (select 1) l', /LATERAL/],
    ['delete from check_result where version_id = gen_random_uuid()', /volatile/],
    ['create trigger x after insert on person', /triggers/],
  ]
  for (const [shape, what] of refused) t.match(refusalsOf(shape).join('; '), what, shape)
  const taken = [
    'select * from household_version v join household_person p using (household_id, version_id)',
    'select id from run where id = $1 for update',
    'with u as materialized (select id from run where trial) select * from check_result r join u on u.id = r.run_id',
    'select * from household_version where import_id not in (select id from household_import where imported_at > $1)',
    'select row_number() over (partition by person_hash order by row) from record_DELIVERY',
  ]
  for (const shape of taken) t.same(refusalsOf(shape), [], shape)
})

t.test('the program of a day sends nothing that Citus refuses, and over shards nothing unseen', async (t) => {
  const sent = noteStatements()
  await liveADay(await createWork(t))
  t.ok(sent.size > 100, `${sent.size} forms are sent`)
  const refused = [...sent].flatMap((shape) => refusalsOf(shape).map((why) => `${why}: ${shape}`))
  t.same(refused, [])
  const overShards = [...sent].filter((shape) => touchesShards(shape) && !isOfTheTest(shape))
  const unseen = overShards.filter((shape) => !looked.has(shape))
  t.same(unseen, [], `look at it as ${PAGE} says, and write it there`)
  const gone = [...looked].filter((shape) => !sent.has(shape))
  t.same(gone, [], `no longer sent on the day: take it out of ${PAGE}, or send it in test/support/scripted-day.ts`)
})

const isOfTheTest = (shape: string) => /^(create|drop) database/.test(shape)
