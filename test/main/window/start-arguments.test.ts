import { describe, expect, test } from 'vitest'
import { findSteeringSwitch, homeArgument } from '../../../src/main/window/start-arguments.ts'

describe('switches that steer the process', () => {
  test.each([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '--remote-allow-origins=*',
    '--js-flags=--expose-gc',
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '-inspect',
    '--INSPECT',
    '--debug-brk',
    '--renderer-cmd-prefix=xterm',
    '--gpu-launcher=/tmp/evil',
    '--load-extension=/tmp/x',
  ])('%s is found', (argument) => {
    expect(findSteeringSwitch(['--home=/x', argument])).toBe(argument.split('=')[0])
  })

  test.each([
    '--home=/inspect',
    '/inspect',
    '--password-store=gnome-libsecret',
    '--debugger-is-not-it',
    '--ozone-platform=x11',
  ])('%s is left alone', (argument) => {
    expect(findSteeringSwitch([argument])).toBeNull()
  })
})

describe('--home', () => {
  test.each([
    [['app', '--home=/a'], '/a'],
    [['app', '--home', '/a'], '/a'],
    [['app', '--homestead', '/a'], undefined],
    [['app'], undefined],
  ])('%j means %j', (argv, home) => {
    expect(homeArgument(argv)).toBe(home)
  })
})
