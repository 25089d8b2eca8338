/** The only two channels between the window and the main process; what may be asked on them is in `contract.ts`. */
export const requestChannel = 'clawkeep:request'
export const changedChannel = 'clawkeep:changed'
