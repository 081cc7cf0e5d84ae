import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type ServerEvent, writeEvents } from '../../src/http/server-events.ts'
import { watchRun } from '../../src/services/follow-run.ts'
import { fillRegister } from '../support/many-households.ts'
import { beginRun, doRun } from '../support/runs.ts'
import { createWork } from '../support/work.ts'

t.test('events are written as the standard says, with a sign of life where there is none', async (t) => {
  async function* events(): AsyncGenerator<ServerEvent | null> {
    yield { event: 'progress', data: { text: '第一\n第二' } }
    yield null
    yield { event: 'end', id: 'end', data: null }
  }
  const pieces: string[] = []
  await writeEvents(events(), async (piece) => void pieces.push(piece))
  t.same(pieces, [
    'retry: 2000\n\n',
    'event: progress\ndata: {"text":"第一\\n第二"}\n\n',
    ':\n\n',
    'id: end\nevent: end\ndata: null\n\n',
  ])
})

t.test('who watches a run hears that it is still watched while nothing changes', async (t) => {
  const work = await createWork(t)
  await fillRegister(work, 3)
  const { run } = await beginRun(work)
  const told: string[] = []
  for await (const shown of watchRun(work.hedui, run, { beatMs: 500 })) {
    told.push(shown ? `${shown.state} ${shown.done}` : 'beat')
    if (told.length === 3) await doRun(work, run)
    if (told.length > 10) break
  }
  t.same(told, ['running 0', 'beat', 'beat', 'finished 3'])

  const { run: other } = await beginRun(work)
  const stop = new AbortController()
  const heard: unknown[] = []
  const watching = (async () => {
    for await (const shown of watchRun(work.hedui, other, { signal: stop.signal })) heard.push(shown)
  })()
  await sleep(700)
  stop.abort()
  await watching
  t.equal(heard.length, 1, 'without it there is silence, until the signal')
})
