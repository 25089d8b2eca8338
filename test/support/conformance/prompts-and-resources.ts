import type { ReadResourceResult } from '@modelcontextprotocol/server'
import type { Prompt, Resources } from '../../../src/main/mcp/offer.ts'
import { elicited, nameRequest, png } from './tools.ts'

/** The prompts that the conformance suite asks for by name. */
export const fixturePrompts: ReadonlyArray<Prompt> = [
  {
    definition: { name: 'test_simple_prompt', description: 'A simple prompt.' },
    get: () => ({ messages: [said('This is a simple prompt for testing.')] }),
  },
  {
    definition: {
      name: 'test_prompt_with_arguments',
      description: 'A prompt with arguments.',
      arguments: [
        { name: 'arg1', description: 'First test argument', required: true },
        { name: 'arg2', description: 'Second test argument', required: true },
      ],
    },
    get: ({ arg1, arg2 }) => ({ messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
    complete: (_argument, value) => ['paris', 'park', 'party'].filter((known) => known.startsWith(value)),
  },
  {
    definition: {
      name: 'test_prompt_with_embedded_resource',
      description: 'A prompt with a resource in it.',
      arguments: [{ name: 'resourceUri', description: 'URI of the resource to embed', required: true }],
    },
    get: ({ resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        said('Please process the embedded resource above.'),
      ],
    }),
  },
  {
    definition: { name: 'test_prompt_with_image', description: 'A prompt with an image in it.' },
    get: () => ({
      messages: [
        { role: 'user', content: { type: 'image', data: png, mimeType: 'image/png' } },
        said('Please analyze the image above.'),
      ],
    }),
  },
  {
    definition: { name: 'test_input_required_result_prompt', description: 'A prompt that asks first.' },
    get: (_args, round) => {
      const answer = elicited({ round }, 'user_context')
      if (answer === undefined)
        return { inputRequests: nameRequest('user_context', 'What context should the prompt use?', 'context') }
      return { messages: [said(`Use this context: ${String(answer.content?.['context'])}`)] }
    },
  },
]

const contents: Readonly<Record<string, ReadResourceResult['contents'][number]>> = {
  'test://static-text': {
    uri: 'test://static-text',
    mimeType: 'text/plain',
    text: 'This is the content of the static text resource.',
  },
  'test://static-binary': { uri: 'test://static-binary', mimeType: 'image/png', blob: png },
  'test://watched-resource': { uri: 'test://watched-resource', mimeType: 'text/plain', text: 'Watched.' },
}

/** The resources that the conformance suite reads by address. */
export const fixtureResources: Resources = {
  list: () =>
    Object.values(contents).map(({ uri, mimeType = '' }) => ({
      uri,
      name: uri,
      description: `Fixture ${uri}`,
      mimeType,
    })),
  templates: [
    {
      uriTemplate: 'test://template/{id}/data',
      name: 'template',
      description: 'A resource by its id.',
      mimeType: 'application/json',
    },
  ],
  read: (uri) => {
    const content = contents[uri] ?? fromTemplate(uri)
    return content === null ? null : { contents: [content] }
  },
  onUpdated: () => () => undefined,
}

function fromTemplate(uri: string): ReadResourceResult['contents'][number] | null {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1]
  if (id === undefined) return null
  const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` })
  return { uri, mimeType: 'application/json', text }
}

function said(text: string) {
  return { role: 'user', content: { type: 'text', text } } as const
}
