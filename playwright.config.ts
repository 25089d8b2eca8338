import { defineConfig } from '@playwright/test'
import { screens } from './test/e2e/support/screens.ts'

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'out/e2e',
  // As many windows at a time as there are screens of their own for them, and a test that fails once has failed.
  workers: screens.length,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  reporter: [['list'], ['json', { outputFile: 'out/test/window.json' }]],
  use: { trace: 'off' },
})
