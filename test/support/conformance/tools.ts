import { createHash } from 'node:crypto'
import { type InputRequests, inputRequired } from '@modelcontextprotocol/server'
import { AppError } from '../../../src/shared/app-error.ts'
import type { InputNeeded } from '../../../src/main/mcp/round.ts'
import type { Tool, ToolCall, ToolOutput } from '../../../src/main/mcp/tool.ts'

/** One red pixel. */
export const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=='
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA='

type Args = Record<string, unknown>
type Run = (args: Args, call: ToolCall) => ToolOutput | InputNeeded | Promise<ToolOutput | InputNeeded>
type Schema = { type: 'object'; [key: string]: unknown }

/** Every keyword must reach the client as it stands here (SEP-1613, SEP-2106). */
const schema202012: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
}

const noArguments: Schema = { type: 'object', properties: {} }

/** The tools that the conformance suite calls by name, as its scenarios describe them. */
export const fixtureTools: ReadonlyArray<Tool> = [
  fixture('test_simple_text', () => text('This is a simple text response for testing.')),
  fixture('test_image_content', () => ({ content: [{ type: 'image', data: png, mimeType: 'image/png' }] })),
  fixture('test_audio_content', () => ({ content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }] })),
  fixture('test_embedded_resource', () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  })),
  fixture('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: png, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  })),
  fixture('test_tool_with_logging', logging),
  fixture('test_logging_tool', logging),
  fixture('test_error_handling', () => {
    throw new AppError('unavailable', 'This tool intentionally returns an error for testing')
  }),
  fixture('test_tool_with_progress', async (_args, call) => {
    for (const done of [0, 50, 100]) {
      call.progress?.(`Completed step ${done} of 100`, done, 100)
      await pause(50)
    }
    return text('Progress is complete.')
  }),
  fixture(
    'test_sampling',
    ({ prompt }, call) => {
      const answer = call.round.responses['sampling'] as { content?: { text?: string } } | undefined
      if (answer !== undefined) return text(`LLM response: ${answer.content?.text ?? ''}`)
      return { inputRequests: { sampling: sample(String(prompt), 100) } }
    },
    { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
  ),
  fixture(
    'test_elicitation',
    ({ message }, call) => {
      const answer = elicited(call, 'user')
      if (answer !== undefined)
        return text(`User response: action=${answer.action}, content=${JSON.stringify(answer.content)}`)
      const properties = {
        username: { type: 'string', description: "User's response" },
        email: { type: 'string', description: "User's email address" },
      }
      return { inputRequests: { user: elicit(String(message), properties, ['username', 'email']) } }
    },
    { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
  ),
  elicitsOnce('test_elicitation_sep1034_defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  }),
  elicitsOnce('test_elicitation_sep1330_enums', {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('value', ['First Option', 'Second Option', 'Third Option']) },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: { anyOf: titled('value', ['First Choice', 'Second Choice', 'Third Choice']) },
    },
  }),
  fixture('json_schema_2020_12_tool', () => text('ok'), schema202012),
  fixture('test_missing_capability', () => ({ inputRequests: { sampling: sample('Hello', 10) } })),
  fixture('test_streaming_elicitation', (_args, call) => {
    call.progress?.('Asking', 1)
    return askName(call) ?? text('Asked.')
  }),
  fixture('test_input_required_result_elicitation', (_args, call) => {
    const needed = askName(call)
    return needed ?? text(`Hello, ${String(elicited(call, 'user_name')?.content?.['name'])}!`)
  }),
  fixture('test_input_required_result_sampling', (_args, call) => {
    const answer = call.round.responses['capital_question'] as { content?: { text?: string } } | undefined
    if (answer === undefined)
      return { inputRequests: { capital_question: sample('What is the capital of France?', 100) } }
    return text(answer.content?.text ?? '')
  }),
  fixture('test_input_required_result_list_roots', (_args, call) => {
    const answer = call.round.responses['client_roots'] as { roots?: Array<{ uri: string }> } | undefined
    if (answer === undefined) return { inputRequests: { client_roots: inputRequired.listRoots() } }
    return text(`Roots: ${(answer.roots ?? []).map(({ uri }) => uri).join(', ')}`)
  }),
  confirms('test_input_required_result_request_state', 'state-ok'),
  confirms('test_input_required_result_tampered_state', 'integrity-ok'),
  fixture('test_input_required_result_multiple_inputs', (_args, call) => {
    const { responses, state } = call.round
    if (state !== null && ['user_name', 'greeting', 'client_roots'].every((key) => key in responses))
      return text('All three are here.')
    return {
      inputRequests: {
        ...nameRequest('user_name', 'What is your name?', 'name'),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      state: { kind: 'tool', value: 'multiple' },
    }
  }),
  fixture('test_input_required_result_multi_round', (_args, call) => {
    const step = call.round.state?.kind === 'tool' ? call.round.state.value : null
    if (step === 2 && elicited(call, 'step2') !== undefined) return text('Both steps are done.')
    if (step === 1 && elicited(call, 'step1') !== undefined) {
      return {
        inputRequests: nameRequest('step2', 'Step 2: What is your favorite color?', 'color'),
        state: { kind: 'tool', value: 2 },
      }
    }
    return {
      inputRequests: nameRequest('step1', 'Step 1: What is your name?', 'name'),
      state: { kind: 'tool', value: 1 },
    }
  }),
  fixture('test_input_required_result_capabilities', (_args, call) => {
    const inputRequests: InputRequests = {
      ...(call.capabilities.sampling === undefined ? {} : { sampled: sample('Hello', 10) }),
      ...(call.capabilities.elicitation === undefined ? {} : nameRequest('asked', 'What is your name?', 'name')),
    }
    return Object.keys(inputRequests).length === 0 ? text('Nothing can be asked.') : { inputRequests }
  }),
]

function fixture(name: string, run: Run, inputSchema: Schema = noArguments): Tool {
  const definition = { name, description: `A fixture of the conformance suite: ${name}.`, inputSchema }
  return {
    name,
    scope: null,
    definition,
    definitionHash: createHash('sha256').update(JSON.stringify(definition)).digest('hex'),
    parse: (args) => (args ?? {}) as Args,
    plan: (args, call) => ({ run: async () => run(args, call) }),
  }
}

function text(value: string): ToolOutput {
  return { content: [{ type: 'text', text: value }] }
}

async function logging(_args: Args, call: ToolCall): Promise<ToolOutput> {
  for (const message of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
    call.log('info', message)
    await pause(50)
  }
  return text('Logged three messages.')
}

function elicitsOnce(name: string, properties: Record<string, unknown>): Tool {
  return fixture(name, (_args, call) => {
    const answer = elicited(call, 'input')
    if (answer === undefined) return { inputRequests: { input: elicit('Please fill this in.', properties, []) } }
    return text(`Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content)}`)
  })
}

function confirms(name: string, done: string): Tool {
  return fixture(name, (_args, call) => {
    const { state } = call.round
    if (state?.kind === 'tool' && state.value === name && elicited(call, 'confirm') !== undefined) return text(done)
    const confirm = elicit('Please confirm', { ok: { type: 'boolean' } }, ['ok'])
    return { inputRequests: { confirm }, state: { kind: 'tool', value: name } }
  })
}

function askName(call: ToolCall): InputNeeded | null {
  if (elicited(call, 'user_name') !== undefined) return null
  return { inputRequests: nameRequest('user_name', 'What is your name?', 'name') }
}

export function nameRequest(key: string, message: string, property: string): InputRequests {
  return { [key]: elicit(message, { [property]: { type: 'string' } }, [property]) }
}

type Elicited = { action: string; content?: Record<string, unknown> }

/** An answer to a question to the user, if there is one of the right shape: the client may send anything. */
export function elicited({ round }: Pick<ToolCall, 'round'>, key: string): Elicited | undefined {
  const answer = round.responses[key] as Partial<Elicited> | null | undefined
  return typeof answer?.action === 'string' ? (answer as Elicited) : undefined
}

function elicit(message: string, properties: Record<string, unknown>, required: string[]): InputRequests[string] {
  // The suite wants schemas that the SDK's types know only in part, such as enumNames.
  const requestedSchema = { type: 'object', properties, required } as never
  return { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } }
}

function sample(prompt: string, maxTokens: number): InputRequests[string] {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  })
}

function titled(prefix: string, titles: ReadonlyArray<string>): unknown[] {
  return titles.map((title, at) => ({ const: `${prefix}${at + 1}`, title }))
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
