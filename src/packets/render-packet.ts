import type { Packet } from './packet.ts'
import type { PacketFonts } from './pdf/fonts.ts'
import { packetAnnexes } from './pdf/packet-annex.ts'
import { packetForms } from './pdf/packet-forms.ts'
import { packetLetter } from './pdf/packet-letter.ts'
import { groupCode } from './pdf/say.ts'
import { writePdf } from './pdf/write-pdf.ts'

/**
 * The warning notice (家庭经济状况核对预警告知书) with its evidence annexes, receipt and reply form, as a PDF of A4 pages in
 * Chinese. The same packet, code and fonts give the same bytes at any time and in any time zone. `code` is the
 * verification code of the sealed packet (seal-packet.ts).
 */
export function renderPacket(
  packet: Packet,
  { fonts, code }: { readonly fonts: PacketFonts; readonly code: string },
): Promise<Buffer> {
  return writePdf(
    {
      title: `家庭经济状况核对预警告知书 ${packet.title}`,
      header: ['家庭经济状况核对预警告知书', packet.title],
      footer: `核验码 ${groupCode(code)}　询问不是结论；决定由人作出`,
      at: packet.issued.at,
      withData: true,
      content: [...packetLetter(packet, code), ...packetAnnexes(packet, code)],
      forms: packetForms(packet),
    },
    fonts,
  )
}
