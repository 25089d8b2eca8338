import { describe, expect, test } from 'vitest'
import { readDoorEnvironment } from '../../../src/main/cli/door-environment.ts'

describe('the environment of serve', () => {
  test('names hosts and pages with the names that users of the bridge know', () => {
    expect(
      readDoorEnvironment({
        CORS_ORIGINS: 'https://claude.ai, https://app.example',
        ALLOWED_HOSTS: 'mcp.example.org,NAS:8443,',
      }),
    ).toEqual({ origins: ['https://claude.ai', 'https://app.example'], hosts: ['mcp.example.org', 'nas:8443'] })
  })

  test('that says nothing leaves the settings in force', () => {
    expect(readDoorEnvironment({ CORS_ORIGINS: '', ALLOWED_HOSTS: ' , ' })).toEqual({})
  })

  test.each([
    [{ CORS_ORIGINS: '*' }, 'CORS_ORIGINS does not fit. Name each page'],
    [{ CORS_ORIGINS: 'https://claude.ai,claude.ai' }, 'CORS_ORIGINS does not fit. Write the origin'],
    [{ ALLOWED_HOSTS: '*.example.org' }, 'ALLOWED_HOSTS does not fit. Write only the name'],
  ])('that cannot be followed stops the start: %j', (environment, message) => {
    expect(() => readDoorEnvironment(environment)).toThrow(message)
  })
})
