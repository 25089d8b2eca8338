import { describe, expect, test } from 'vitest'
import { containerName, containerSpec, labels, volumeName } from '../../../src/main/assistants/spec.ts'

const spec = containerSpec({
  owner: 'a'.repeat(32),
  home: 'b'.repeat(32),
  assistant: { id: 'ast_abcdefghijklmnopqrst', name: 'ada', memoryMiB: 1536 },
  image: 'some/image:1',
  command: ['node', 'gateway.js', '--flag'],
  volume: 'clawkeep-aaaaaaaaaa-ada',
  hatchDir: '/tmp/ck-0123456789-0/deadbeef',
  hostCpus: 8,
})
const host = spec.HostConfig

describe('the hardened container', () => {
  test('runs as uid 1000 with all capabilities dropped and no way to new privileges', () => {
    expect(spec.User).toBe('1000:1000')
    expect(host.CapDrop).toEqual(['ALL'])
    expect(host.CapAdd).toEqual([])
    expect(host.Privileged).toBe(false)
    expect(host.SecurityOpt).toEqual(['no-new-privileges:true'])
  })

  test('keeps the default seccomp profile', () => {
    expect(JSON.stringify(host.SecurityOpt)).not.toContain('seccomp')
  })

  test('has equal memory and memory+swap, a process limit and a CPU quota', () => {
    expect(host.Memory).toBe(1536 * 1024 * 1024)
    expect(host.MemorySwap).toBe(host.Memory)
    expect(host.PidsLimit).toBe(256)
    expect(host.NanoCpus).toBe(2e9)
  })

  test('never asks for more CPUs than the machine has', () => {
    const small = containerSpec({ ...input(), hostCpus: 1 })
    expect(small.HostConfig.NanoCpus).toBe(1e9)
  })

  test('has a read-only root and a small /tmp where nothing can be executed', () => {
    expect(host.ReadonlyRootfs).toBe(true)
    expect(host.Tmpfs).toEqual({ '/tmp': 'rw,noexec,nosuid,nodev,size=64m' })
  })

  test('has no network, no ports and no engine socket', () => {
    expect(host.NetworkMode).toBe('none')
    expect(host.PortBindings).toEqual({})
    expect(host.PublishAllPorts).toBe(false)
    expect(JSON.stringify(spec)).not.toContain('docker.sock')
  })

  test('mounts its own volume and the hatch, which it cannot write to', () => {
    expect(host.Binds).toEqual([])
    expect(host.Mounts.map(({ Type, Source, Target, ReadOnly }) => [Type, Source, Target, ReadOnly])).toEqual([
      ['volume', 'clawkeep-aaaaaaaaaa-ada', '/home/node', false],
      ['bind', '/tmp/ck-0123456789-0/deadbeef', '/run/clawkeep', true],
    ])
  })

  test('is not restarted by the engine, writes no core dumps, and its log is bounded', () => {
    expect(host.RestartPolicy.Name).toBe('no')
    expect(host.Init).toBe(true)
    expect(host.IpcMode).toBe('private')
    expect(host.Ulimits).toContainEqual({ Name: 'core', Soft: 0, Hard: 0 })
    expect(host.LogConfig).toEqual({ Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } })
  })

  test('says whose it is', () => {
    expect(spec.Labels[labels.owner]).toBe('a'.repeat(32))
    expect(spec.Labels[labels.assistant]).toBe('ast_abcdefghijklmnopqrst')
  })

  test('gives Node 80 % of the memory for its heap, and nothing else by environment', () => {
    expect(spec.Env).toEqual(['HOME=/home/node', 'NODE_OPTIONS=--max-old-space-size=1228'])
  })

  test('runs the hatch first and hands the image’s own command to it', () => {
    expect(spec.Entrypoint).toEqual(['node', '/run/clawkeep/hatch.cjs'])
    expect(spec.Cmd).toEqual(['--', 'node', 'gateway.js', '--flag'])
  })

  test('names containers apart for each assistant, and volumes by the assistant’s name', () => {
    expect(containerName({ id: 'ast_abcdefghijklmnopqrst', name: 'ada' })).toBe('clawkeep-ada-abcdef')
    expect(volumeName('a'.repeat(32), 'ada')).toBe('clawkeep-aaaaaaaaaa-ada')
  })
})

function input(): Parameters<typeof containerSpec>[0] {
  return {
    owner: 'o',
    home: 'h',
    assistant: { id: 'ast_x', name: 'x', memoryMiB: 128 },
    image: 'i',
    command: ['c'],
    volume: 'v',
    hatchDir: '/d',
    hostCpus: 4,
  }
}
