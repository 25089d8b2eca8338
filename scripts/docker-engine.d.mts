/** An engine that answers; installs and starts one if need be and allowed. Throws an Error whose message says what to do. */
export function ensureEngine(): Promise<{ reachable: true; version: string; host: string; startedHere: boolean }>

/** Looks for an engine and asks it for its version. Never throws. */
export function findEngine(): Promise<
  { reachable: true; version: string; host: string } | { reachable: false; problem: string; denied: boolean }
>
