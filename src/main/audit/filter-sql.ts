import type { AuditFilter } from '../../shared/models/audit.ts'

/** The filter as SQL without its cursor; every value is bound, none stands in the text. `isAll`: every entry fits. */
export function filterSql(filter: AuditFilter): { where: string; values: Array<string | number>; isAll: boolean } {
  const { kinds, askerKind, askerId, fromMs, toMs } = filter
  const parts: Array<readonly [sql: string, values: ReadonlyArray<string | number>]> = []
  if (kinds !== undefined) parts.push([`kind IN (${kinds.map(() => '?').join(', ')})`, kinds])
  if (askerKind !== undefined) parts.push(['asker_kind = ?', [askerKind]])
  if (askerId !== undefined) parts.push(['asker_id = ?', [askerId]])
  if (fromMs !== undefined) parts.push(['at_ms >= ?', [Math.ceil(fromMs)]])
  if (toMs !== undefined) parts.push(['at_ms <= ?', [Math.floor(toMs)]])
  const where = ['1', ...parts.map(([sql]) => sql)].join(' AND ')
  return { where, values: parts.flatMap(([, values]) => values), isAll: parts.length === 0 }
}
