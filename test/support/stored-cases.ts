import { randomUUID } from 'node:crypto'
import { inTransaction } from '../../src/db/connect.ts'
import { addCaseEvents, addCaseRows, updateCaseRows } from '../../src/db/queries/cases.ts'
import { foldCase } from '../../src/domain/case/case-state.ts'
import { chainEvents } from '../../src/domain/case/event-chain.ts'
import type { AnyCaseEvent } from '../../src/domain/case/events.ts'
import type { Hedui } from '../../src/services/open-hedui.ts'
import type { Story } from '../domain/case/stories.ts'

/** A story under another case's id. */
export function eventsOf({ events }: Pick<Story, 'events'>, caseId: string): AnyCaseEvent[] {
  const chained: AnyCaseEvent[] = []
  for (const { kind, reason, payload, at, actor, role } of events) {
    const news = [{ kind, reason, payload }] as Parameters<typeof chainEvents>[0]
    chained.push(...chainEvents(news, { caseId, at, actor, role }, chained.at(-1) ?? null))
  }
  return chained
}

/** Writes cases as they went, as if it had happened in this database; gives their ids. */
export async function storeStories(
  { database }: Pick<Hedui, 'database'>,
  stories: readonly Story[],
): Promise<string[]> {
  const cases = stories.map((story) => eventsOf(story, randomUUID()))
  const states = cases.map((events) => ({ state: foldCase(events), due: null }))
  await inTransaction(database, async (client) => {
    await addCaseRows(client, states)
    await addCaseEvents(client, cases.flat())
  })
  return states.map(({ state }) => state.id)
}

/** Goes on with a stored case: what the story has more than what is stored. */
export async function continueStory(
  { database }: Pick<Hedui, 'database'>,
  caseId: string,
  story: Story,
): Promise<void> {
  const events = eventsOf(story, caseId)
  await inTransaction(database, async (client) => {
    const { rows } = await client.query('select max(number) as last from case_event where case_id = $1', [caseId])
    await addCaseEvents(client, events.slice(rows[0].last))
    await updateCaseRows(client, [{ state: foldCase(events), due: null }])
  })
}
