/** Where the data volume is mounted; also the HOME of everything inside. */
export const dataPath = '/home/node'

/** Where the hatch is mounted, read-only: two sockets and the script that connects them to the inside. */
export const hatchPath = '/run/clawkeep'

/** The labels that say whose a container or volume is; without them Clawkeep does not touch it. */
export const labels = {
  /** Random id of the home folder, kept in it. */
  owner: 'clawkeep.owner',
  /** Hash of the home folder's path: a copied home does not stop the containers of its original. */
  home: 'clawkeep.home',
  assistant: 'clawkeep.assistant',
  name: 'clawkeep.name',
} as const

/** Share of the container's memory that Node's heap may take; the rest is for buffers, stacks and the hatch script. */
const heapShare = 0.8
const maxCpus = 2
const pidsLimit = 256
const tmpfsMiB = 64
const stopGraceSeconds = 10

/** Whose a container is. */
export type Ownership = {
  readonly owner: string
  readonly home: string
}

export type ContainerSpecInput = Ownership & {
  readonly assistant: { readonly id: string; readonly name: string; readonly memoryMiB: number }
  /** Id or tag of an image that is present. */
  readonly image: string
  /** Entry point and command of the image: what the hatch script runs. */
  readonly command: ReadonlyArray<string>
  readonly volume: string
  /** Host folder with the sockets and `hatch.cjs`. */
  readonly hatchDir: string
  readonly hostCpus: number
}

export type ContainerSpec = ReturnType<typeof containerSpec>

/**
 * The hardened container of an assistant, as the body of Docker's `POST /containers/create`. Pure, so that every limit is
 * tested as data. Nothing in it is secret: `docker inspect` shows all of it to anyone who may talk to the engine.
 */
export function containerSpec(input: ContainerSpecInput) {
  const memoryBytes = input.assistant.memoryMiB * 1024 * 1024
  return {
    name: containerName(input.assistant),
    Image: input.image,
    Hostname: input.assistant.name,
    User: '1000:1000',
    WorkingDir: '',
    Entrypoint: ['node', `${hatchPath}/hatch.cjs`],
    Cmd: ['--', ...input.command],
    Env: [`HOME=${dataPath}`, `NODE_OPTIONS=--max-old-space-size=${Math.floor(input.assistant.memoryMiB * heapShare)}`],
    Labels: {
      [labels.owner]: input.owner,
      [labels.home]: input.home,
      [labels.assistant]: input.assistant.id,
      [labels.name]: input.assistant.name,
    },
    Tty: false,
    OpenStdin: false,
    ExposedPorts: {},
    StopSignal: 'SIGTERM',
    StopTimeout: stopGraceSeconds,
    // The image's own check would run a second program every few seconds; Clawkeep checks through the hatch.
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      Memory: memoryBytes,
      // Equal to Memory: no swap, so a leak ends as exit 137 and does not grind the machine.
      MemorySwap: memoryBytes,
      PidsLimit: pidsLimit,
      NanoCpus: Math.max(1, Math.min(maxCpus, input.hostCpus)) * 1e9,
      CapDrop: ['ALL'],
      CapAdd: [],
      Privileged: false,
      // The engine's default seccomp profile stays in force because nothing here names another.
      SecurityOpt: ['no-new-privileges:true'],
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': `rw,noexec,nosuid,nodev,size=${tmpfsMiB}m` },
      NetworkMode: 'none',
      PortBindings: {},
      PublishAllPorts: false,
      IpcMode: 'private',
      Init: true,
      Binds: [],
      Devices: [],
      Mounts: [
        { Type: 'volume' as const, Source: input.volume, Target: dataPath, ReadOnly: false },
        {
          Type: 'bind' as const,
          Source: input.hatchDir,
          Target: hatchPath,
          ReadOnly: true,
          BindOptions: { Propagation: 'rprivate' as const },
        },
      ],
      // A core dump would write memory, and with it whatever the assistant was told, to the disk.
      Ulimits: [
        { Name: 'core', Soft: 0, Hard: 0 },
        { Name: 'nofile', Soft: 4096, Hard: 8192 },
      ],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
      RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
      AutoRemove: false,
    },
  }
}

/** `clawkeep-<name>-<part of the id>`: readable in `docker ps`, and apart from another home's assistant of the same name. */
export function containerName(assistant: { readonly id: string; readonly name: string }): string {
  return `clawkeep-${assistant.name}-${assistant.id.slice(4, 10)}`
}

/**
 * The data volume's name follows the assistant's name, not its id: an assistant that was removed with its data kept finds it
 * again when it is made anew with more memory.
 */
export function volumeName(owner: string, name: string): string {
  return `clawkeep-${owner.slice(0, 10)}-${name}`
}

/** The labels of a data volume. */
export function volumeLabels(
  owner: string,
  assistant: { readonly id: string; readonly name: string },
): Record<string, string> {
  return { [labels.owner]: owner, [labels.assistant]: assistant.id, [labels.name]: assistant.name }
}
