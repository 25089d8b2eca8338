// The suites of `npm run check` and `npm test`: what each runs, and how many of its tests passed and failed.

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { pinnedNode, root, run, say, seconds, tool } from './run.mjs'

const reports = join(root, 'out', 'test')

/** Steps that read the code without running it; each counts as one test. */
export const staticSuites = [
  command('format', ['oxfmt/bin/oxfmt', '--check', '.']),
  command('lint', ['oxlint/bin/oxlint', '--type-aware']),
  command('types (main, tests)', ['typescript/bin/tsc', '-p', 'tsconfig.node.json']),
  command('types (window)', ['typescript/bin/tsc', '-p', 'tsconfig.web.json']),
  command('dead code', ['knip/bin/knip.js', '--no-progress']),
]

export const unitSuite = vitest('unit', ['node', 'dom'])

/** Without containers, and beside it with them and then the whole parts: each waits for long. */
export const longSuites = [
  vitest('integration', ['integration']),
  vitest('engine', ['engine']),
  vitest('whole parts', ['parts']),
]

/** It compares times: nothing else runs meanwhile. */
export const loadSuite = vitest('load', ['load'])

export const windowSuite = {
  name: 'window',
  run: (options) =>
    withReport('window', options, () => ['@playwright/test/cli.js', 'test', '--reporter=list,json'], readPlaywright),
}

/**
 * Runs one suite and says how it went. `quiet` shows its output only when something failed. Never throws.
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runSuite(suite, { quiet = false, env = {} } = {}) {
  if (!quiet) say(`\n── ${suite.name}`)
  const result = await suite.run({ quiet, env })
  const counts = result.single ? (result.failed ? 'failed' : 'ok') : `${result.passed} passed, ${result.failed} failed`
  const mark = result.failed === 0 ? '✓' : '✗'
  const skipped = result.skipped ? `, ${result.skipped} skipped` : ''
  if (quiet && result.failed > 0) say(`\n── ${suite.name}\n${result.output.trim()}\n`)
  say(`${mark} ${suite.name}: ${counts}${skipped} (${seconds(result.tookMs)})`)
  return { passed: result.passed, failed: result.failed }
}

/** Runs suites side by side, two at a time, and sums them up. */
export async function runSideBySide(suites, options) {
  say(`\n── ${suites.map(({ name }) => name).join(', ')}`)
  const waiting = [...suites]
  const sum = { passed: 0, failed: 0 }
  const worker = async () => {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) {
      const result = await runSuite(suite, options)
      sum.passed += result.passed
      sum.failed += result.failed
    }
  }
  await Promise.all([worker(), worker()])
  return sum
}

function command(name, [program, ...args]) {
  return {
    name,
    run: async ({ quiet, env }) => {
      const { code, output, tookMs } = await start([program, ...args], { quiet, env })
      return { single: true, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output, tookMs }
    },
  }
}

function vitest(name, projects) {
  return {
    name,
    run: (options) =>
      withReport(
        name,
        options,
        (report) => [
          'vitest/vitest.mjs',
          'run',
          ...projects.flatMap((project) => ['--project', project]),
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${report}`,
        ],
        readVitest,
      ),
  }
}

function start([program, ...args], { quiet, env }) {
  return run(pinnedNode(), [tool(program), ...args], { stdio: quiet ? 'capture' : 'stderr', env })
}

async function withReport(name, { quiet, env }, argsFor, read) {
  const report = join(reports, `${name}.json`)
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const { code, output, tookMs } = await start(argsFor(report), {
    quiet,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  })
  let counts
  try {
    counts = read(JSON.parse(readFileSync(report, 'utf8')))
  } catch {
    say(`${name}: ended with exit code ${code} and left no report; counted as one failed test`)
    counts = { passed: 0, failed: 1, skipped: 0 }
  }
  // Something outside any single test went wrong: an unhandled rejection, a file that does not load.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return { ...counts, output, tookMs }
}

function readVitest(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

function readPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped }
}
