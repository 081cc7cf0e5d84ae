import type { Test } from 'tap'
import type { Packet } from '../../src/packets/packet.ts'
import { type ReadPdf, squeeze } from '../support/read-pdf.ts'

/** The text of a paper without the lines in its margins, so that what runs over a page is whole. */
export function bodyOf({ pages }: ReadPdf, margins: readonly string[]): string {
  return pages
    .map(({ text }, i) => {
      const rest = squeeze(text)
      const ends = [...margins, `第${i + 1}页/共${pages.length}页`].map(squeeze).join('')
      if (!rest.endsWith(ends)) throw new Error(`page ${i + 1} ends with ${rest.slice(-ends.length)}`)
      return rest.slice(0, -ends.length)
    })
    .join('')
}

/** Which of these texts a body lacks. */
export const lacks = (body: string, texts: readonly string[]): string[] =>
  texts.filter((text) => !body.includes(squeeze(text)))

/** Every text of a packet that a reader must find on paper. */
export function textsOf(packet: Packet): string[] {
  const { household, addressee, people, sources, warnings, answer, review, legal, check, chain } = packet
  const offices = [answer.office, review.office, review.court]
  return [
    packet.id,
    packet.title,
    packet.caseId,
    household.id,
    household.address ?? '',
    addressee.name,
    check.run,
    check.ruleSet,
    chain.hash,
    ...people.flatMap(({ id, name, idNumber }) => [id, name, idNumber ?? '']),
    ...people.flatMap(({ authorization }) => [authorization?.signedOn ?? '']),
    ...sources.flatMap(({ title, owner, asOf }) => [title.zh, owner, asOf ?? '']),
    ...sources.flatMap(({ deliveries }) => deliveries.flatMap(({ fileName, sha256 }) => [fileName, sha256])),
    ...offices.flatMap(({ name, address, phone }) => [name, address ?? '', phone ?? '']),
    answer.office.hours ?? '',
    ...legal.flatMap(({ authority, text }) => [authority, text]),
    ...warnings.flatMap((warning) => [
      warning.id,
      warning.title.zh,
      warning.authority.zh,
      warning.result.rule,
      warning.result.reason!.zh,
      warning.confirmed.by,
      warning.confirmed.reason,
      ...warning.accepts.map(({ zh }) => zh),
      ...warning.confirmations.map(({ reference }) => reference),
      ...warning.result.evidence.map(({ key }) => key),
      ...warning.page.sections.flatMap(({ heading, blocks }) => [
        heading === '依据' ? '' : heading,
        ...blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : block.rows.flat())),
      ]),
    ]),
  ]
}

/** Nothing is drawn as an empty box, nothing cannot be copied, nothing leaves the page. */
export function checkGlyphs(t: Test, { pages }: ReadPdf): void {
  for (const [i, { empty, mute, right, bottom }] of pages.entries()) {
    t.equal(empty, 0, `no empty box on page ${i + 1}`)
    t.equal(mute, 0, `all of page ${i + 1} can be copied`)
    // A4 is 595.28 points wide, its margin 56; the widths in the file are whole thousandths.
    t.ok(right < 595.28 - 55, `page ${i + 1} ends within its margin, at ${right}`)
    t.ok(bottom > 28, `page ${i + 1} ends above its foot, at ${bottom}`)
  }
}
