import type { Handlers } from '../router.ts'
import { approvalHandlers } from './approval-handlers.ts'
import { assistantHandlers } from './assistant-handlers.ts'
import { connectHandlers } from './connect-handlers.ts'
import type { Core } from './core.ts'
import { fileHandlers } from './file-handlers.ts'
import { healthHandlers } from './health-handlers.ts'
import { houseHandlers } from './house-handlers.ts'
import { exportHandlers } from './export-handlers.ts'
import { importHandlers } from './import-handlers.ts'
import { itemHandlers } from './item-handlers.ts'
import { keyHandlers } from './key-handlers.ts'
import { kitHandlers } from './kit-handlers.ts'
import { providerHandlers } from './provider-handlers.ts'
import { quickUnlockHandlers } from './quick-unlock-handlers.ts'
import { sessionHandlers } from './session-handlers.ts'
import { taskHandlers } from './task-handlers.ts'
import { trashHandlers } from './trash-handlers.ts'
import { upkeepHandlers } from './upkeep-handlers.ts'
import { vaultHandlers } from './vault-handlers.ts'

/** One handler for every route of the contract; a route without one does not compile. */
export function createHandlers(core: Core): Handlers {
  return {
    ...vaultHandlers(core),
    ...quickUnlockHandlers(core),
    ...kitHandlers(core),
    ...upkeepHandlers(core),
    ...itemHandlers(core),
    ...trashHandlers(core),
    ...fileHandlers(core),
    ...importHandlers(core),
    ...exportHandlers(core),
    ...healthHandlers(core),
    ...keyHandlers(core),
    ...sessionHandlers(core),
    ...connectHandlers(core),
    ...approvalHandlers(core),
    ...assistantHandlers(core),
    ...taskHandlers(core),
    ...houseHandlers(core),
    ...providerHandlers(core),
  }
}
