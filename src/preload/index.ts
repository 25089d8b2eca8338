import { contextBridge, ipcRenderer } from 'electron'
import { changedChannel, requestChannel } from '../shared/ipc/channels.ts'
import type { Bridge } from '../shared/ipc/contract.ts'

// This file knows no route and never grows: what the page may ask is decided in the main process, where a broken page cannot reach.
const bridge: Bridge = {
  request: (route, input) => ipcRenderer.invoke(requestChannel, route, input),
  subscribe: (listener) => {
    // The IPC event object is kept from the page: it holds `sender`, a way to every other channel.
    const heard = (_event: unknown, topic: unknown): void => {
      if (typeof topic === 'string') listener(topic)
    }
    ipcRenderer.on(changedChannel, heard)
    return () => {
      ipcRenderer.removeListener(changedChannel, heard)
    }
  },
}

contextBridge.exposeInMainWorld('clawkeep', bridge)
