import type { ApiKey } from '../../../src/shared/models/api-key.ts'
import type { Approval, Grant } from '../../../src/shared/models/approval.ts'
import type { Assistant } from '../../../src/shared/models/assistant.ts'
import type { AuditEntry } from '../../../src/shared/models/audit.ts'
import type { ItemOverview, ItemView } from '../../../src/shared/models/item.ts'
import type { Session } from '../../../src/shared/models/session.ts'
import type { Settings } from '../../../src/shared/models/settings.ts'
import type { SignIn } from '../../../src/shared/models/sign-in.ts'
import type { Status } from '../../../src/shared/models/status.ts'

const minuteMs = 60_000

/** A core with an open vault and nothing wrong. */
export function aStatus(more: Partial<Status> = {}): Status {
  return {
    version: '0.1.0',
    home: '/home/ada/.config/Clawkeep',
    pid: 4711,
    vault: 'unlocked',
    vaultProblem: null,
    wordsUnconfirmed: false,
    throttledForMs: 0,
    quickUnlock: 'off',
    locksAtMs: Date.now() + 12 * minuteMs,
    mcpUrl: 'http://127.0.0.1:7420/mcp',
    mcpProblem: null,
    mcpNetwork: null,
    engine: { state: 'ready', version: '29.1.2', message: 'Docker 29.1.2 is ready.', hint: null },
    pendingApprovals: 0,
    dueItems: 0,
    auditProblem: null,
    ...more,
  }
}

/** The settings as they are when nobody has touched them. */
export function someSettings(more: Partial<Settings> = {}): Settings {
  return {
    theme: 'system',
    autoLockMinutes: 15,
    lockWithScreen: true,
    lockOnSleep: true,
    lockOnClose: false,
    lockShortcut: false,
    quickUnlockDays: 14,
    notifications: true,
    rotateEveryDays: 0,
    backupDaily: true,
    approvalTimeoutSeconds: 300,
    mcpPort: 7420,
    door: { hosts: [], origins: [], trustedProxies: [], network: null },
    accessTokenMinutes: 30,
    ...more,
  }
}

/** The question of the story: Claude Desktop wants to file an issue with the GitHub token. */
export function anApproval(more: Partial<Approval> = {}): Approval {
  return {
    id: 'apr_tomatoes',
    state: 'pending',
    asker: { kind: 'client', id: 'key_claude', name: 'Claude Desktop' },
    tool: 'http_request',
    request: {
      method: 'POST',
      url: 'https://api.github.com/repos/ada/garden/issues',
      host: 'api.github.com',
      headers: [
        { name: 'Authorization', value: 'Bearer {{secret:GitHub token}}' },
        { name: 'Accept', value: 'application/vnd.github+json' },
        { name: 'Content-Type', value: 'application/json' },
      ],
      body: { text: '{"title":"Water the tomatoes","labels":["garden"]}', bytes: 51, truncated: false },
    },
    secrets: [{ itemId: 'itm_github', name: 'GitHub token', placement: 'header Authorization' }],
    reason: 'File the issue you asked for yesterday.',
    risks: [
      { id: 'writes', text: 'POST can change things at this host.' },
      { id: 'first-use', text: 'Claude Desktop has not used “GitHub token” before.' },
    ],
    createdAtMs: Date.now() - 28_000,
    expiresAtMs: Date.now() + 272_000,
    decidedAtMs: null,
    decidedBy: null,
    answer: '',
    used: false,
    grantId: null,
    consent: null,
    consented: null,
    ...more,
  }
}

/** A standing answer that is in force. */
export function aGrant(more: Partial<Grant> = {}): Grant {
  return {
    id: 'grt_one',
    approvalId: 'apr_old',
    asker: { kind: 'client', id: 'key_claude', name: 'Claude Desktop' },
    tool: 'http_request',
    host: 'api.github.com',
    itemIds: ['itm_github'],
    createdAtMs: Date.now() - 20 * minuteMs,
    expiresAtMs: Date.now() + 40 * minuteMs,
    usesLeft: null,
    usedCount: 3,
    revokedAtMs: null,
    ...more,
  }
}

/** An item of the vault, as lists see it. */
export function anItem(more: Partial<ItemOverview> = {}): ItemOverview {
  return {
    id: 'itm_github',
    kind: 'api-key',
    name: 'GitHub token',
    hosts: ['api.github.com', '*.githubusercontent.com'],
    userName: 'ada',
    tags: [],
    fieldNames: [],
    favourite: false,
    hasTotp: false,
    publicKey: null,
    fingerprint: null,
    expiresAtMs: null,
    rotateByMs: null,
    due: null,
    files: 0,
    revision: 2,
    createdAtMs: Date.now() - 40 * 24 * 60 * minuteMs,
    updatedAtMs: Date.now() - 3 * 24 * 60 * minuteMs,
    ...more,
  }
}

/** An item as its own page shows it. */
export function aView(more: Partial<ItemView> = {}): ItemView {
  return { ...anItem(), fields: [], fileList: [], sealed: ['secret', 'notes'], versions: 0, ...more }
}

/** A client's key in use. */
export function anApiKey(more: Partial<ApiKey> = {}): ApiKey {
  return {
    id: 'key_claude',
    name: 'Claude Desktop',
    prefix: 'oc_sk_1a2b3c',
    scopes: ['openclaw:read', 'openclaw:write', 'secrets:list', 'secrets:use'],
    state: 'active',
    createdAtMs: Date.now() - 30 * 24 * 60 * minuteMs,
    expiresAtMs: null,
    lastUsedAtMs: Date.now() - 2 * minuteMs,
    revokedAtMs: null,
    source: 'window',
    rotatedAtMs: null,
    previous: null,
    ...more,
  }
}

/** A program that signed in. */
export function aSignIn(more: Partial<SignIn> = {}): SignIn {
  return {
    id: 'sgn_cursor',
    name: 'Cursor',
    clientId: 'oc_cl_0123456789abcdef0123456789abcdef',
    identity: 'registration',
    redirectHost: '127.0.0.1:33418',
    scopes: ['openclaw:read', 'secrets:use'],
    state: 'active',
    createdAtMs: Date.now() - 60 * minuteMs,
    lastUsedAtMs: Date.now() - 2 * minuteMs,
    endsAtMs: Date.now() + 30 * 24 * 60 * minuteMs,
    revokedAtMs: null,
    revokedBecause: null,
    ...more,
  }
}

/** Claude Desktop at work. */
export function aSession(more: Partial<Session> = {}): Session {
  return {
    id: 'con_claude',
    clientId: 'key_claude',
    clientName: 'Claude Desktop',
    program: { name: 'claude-ai', version: '0.1.0' },
    era: 'session',
    revision: '2025-11-25',
    sinceMs: Date.now() - 12 * minuteMs,
    calls: 3,
    lastCallMs: Date.now() - 2 * minuteMs,
    lastTool: 'openclaw_chat',
    ...more,
  }
}

/** An assistant that runs. */
export function anAssistant(more: Partial<Assistant> = {}): Assistant {
  return {
    id: 'ast_garden',
    name: 'garden',
    image: 'demo',
    memoryMiB: 1536,
    state: 'running',
    message: null,
    hint: null,
    progress: null,
    containerId: '3f9c1b2a7d5e',
    startedAtMs: Date.now() - 187 * minuteMs,
    memoryUsedMiB: 212,
    restarts: 0,
    exitCode: null,
    createdAtMs: Date.now() - 9 * 24 * 60 * minuteMs,
    ...more,
  }
}

/** One line of the audit log. */
export function anEntry(more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    index: 0,
    atMs: Date.now(),
    kind: 'vault.unlock',
    phase: 'event',
    asker: { kind: 'person', id: 'window' },
    outcome: 'ok',
    ...more,
  }
}
