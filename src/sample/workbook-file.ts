import { join } from 'node:path'
import { createFileSink } from './file-sink.ts'
import { bankLayout } from './layouts.ts'
import { createRandom, STREAM } from './prng.ts'
import type { RowFile, RowFileOptions } from './row-files.ts'
import { createWorkbookWriter } from './workbook-writer.ts'

/** Texts that stand in many rows; 正常 is left out so that both kinds of text occur in one column. */
const SHARED = [
  '存款',
  '保险',
  '居民身份证',
  'CNY',
  '销户',
  '有效',
  '个人结算账户',
  '整存整取',
  '云溪农村商业银行',
  '江右银行云溪支行',
]

/** bank.xlsx: one sheet, header in row 1, a few rows empty. */
export async function createWorkbookFile(options: RowFileOptions): Promise<RowFile> {
  const sink = await createFileSink(join(options.folder, bankLayout.file))
  const random = createRandom(options.seed, STREAM.workbook)
  const dates = ['查询日期', '开户日期'].map((column) => bankLayout.columns.indexOf(column))
  const writer = createWorkbookWriter(sink, { sheet: '核对结果', shared: SHARED, dates })
  writer.add(bankLayout.columns)
  let rows = 0
  return {
    add(row) {
      if (random.chance(0.0005)) writer.skip()
      rows++
      return writer.add(row.cells)
    },
    flush: () => sink.flush(),
    async close() {
      writer.close()
      return { rows, bytes: await sink.close() }
    },
    abandon: () => sink.abandon(),
  }
}
