/** Rows after which the file is closed, also where the reader of the rows stops early. */
export async function* closing<T>(rows: AsyncGenerator<T>, file: { close(): Promise<void> }): AsyncGenerator<T> {
  try {
    yield* rows
  } finally {
    await file.close()
  }
}

/** `start`, which throws when it is called again: a second reading would silently find no rows. */
export function once<T>(start: () => T): () => T {
  let started = false
  return () => {
    if (started) throw new Error('the rows of a file can be read once')
    started = true
    return start()
  }
}
