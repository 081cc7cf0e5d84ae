import { statfsSync } from 'node:fs'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  // a delivery is a partition, and a statement locks those it names
  max_locks_per_transaction: '512',
  // bulk loading on a machine of 8-24 GB that does other work too
  shared_buffers: '256MB',
  maintenance_work_mem: '256MB',
  work_mem: '16MB',
  effective_cache_size: '2GB',
  random_page_cost: '1.1',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  // nobody replicates, so COPY into a table of the same transaction need not be written twice
  wal_level: 'minimal',
  max_wal_senders: '0',
  // many short statements: compiling one takes longer than running it
  jit: 'off',
  // statements, failing values and rows are persons' data: the client gets them, the log does not
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** For tests: a crash of the machine loses everything, a crash of the server nothing. */
const NOT_DURABLE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** The server's command line. pg_ctl hands it to a shell: only constants of this file and a number may be in it. */
export function serverOptions({ port, durable }: { port: number; durable: boolean }): string {
  const settings = { port: String(port), ...SETTINGS, ...(durable ? {} : NOT_DURABLE), ...sharedMemory() }
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

/** Containers often have 64 MB of /dev/shm, which one parallel hash join exceeds; System V memory has no such limit. */
function sharedMemory(): Record<string, string> {
  if (process.platform !== 'linux') return {}
  try {
    const { blocks, bsize } = statfsSync('/dev/shm')
    return blocks * bsize < 1024 ** 3 ? { dynamic_shared_memory_type: 'sysv' } : {}
  } catch {
    return { dynamic_shared_memory_type: 'sysv' }
  }
}
