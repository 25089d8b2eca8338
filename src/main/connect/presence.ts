import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Machine, programPlaces } from './machine.ts'
import type { Program } from './programs.ts'

/** Whether the program seems to be on this computer; it is looked for and never run. */
export function isPresent(program: Program, machine: Machine): boolean {
  return (
    [...program.files(machine), ...program.traces(machine)].some((path) => existsSync(path)) ||
    program.commands.some((command) => programPlaces(machine, command).some((path) => existsSync(path)))
  )
}

/** The settings file to read and write: the first that exists, else the first whose folder does, else the first. */
export function settingsPath(program: Program, machine: Machine): string {
  const files = program.files(machine)
  const found = files.find((file) => existsSync(file)) ?? files.find((file) => existsSync(dirname(file))) ?? files[0]
  if (found === undefined) throw new Error(`${program.id} has no settings file`)
  return found
}
