/** The container that the stack `local` declares: what is needed to start it by hand. */
export interface DeclaredContainer {
  /** The image's name with its version. */
  readonly image: string;
  readonly name: string;
  readonly volume: string;
  /** The port on this machine. */
  readonly port: number;
  /** The parameters of `docker run`, the image and its command among them. */
  readonly run: readonly string[];
}

interface Ports {
  readonly internal: number;
  readonly external: number;
  readonly ip: string;
}

interface Volume {
  readonly volume_name: string;
  readonly container_path: string;
}

type Resource = Readonly<Record<string, unknown>>;

/**
 * Reads it from what was synthesized, as Terraform's Docker provider does. Throws on an argument that it does not
 * know, so that none is left out of the test in silence.
 */
export function declaredContainer(stack: unknown): DeclaredContainer {
  const { resource } = stack as { resource: Record<string, Record<string, Resource>> };
  const resolved = (value: unknown): string => {
    const reference = /^\$\{(docker_\w+?)\.(\w+)\.(\w+)\}$/.exec(String(value));
    if (reference === null) return String(value);
    const [, type = '', id = '', attribute = ''] = reference;
    // An image's id is known to Docker only; its name stands for it.
    return String(resource[type]?.[id]?.[attribute === 'image_id' ? 'name' : attribute]);
  };
  const containers = Object.values(resource['docker_container'] ?? {});
  if (containers.length !== 1) throw new Error(`The stack declares ${containers.length} containers.`);
  const { '//': _, name, image, user, working_dir, command, ports, volumes, restart, ...unknown } = containers[0] ?? {};
  if (Object.keys(unknown).length > 0) throw new Error(`docker run is not told of ${Object.keys(unknown).join(', ')}.`);
  const [port] = ports as [Ports];
  const [volume] = volumes as [Volume];
  const options = {
    name,
    user,
    workdir: working_dir,
    restart,
    publish: `${port.ip}:${port.external}:${port.internal}`,
    volume: `${resolved(volume.volume_name)}:${volume.container_path}`,
  };
  return {
    image: resolved(image),
    name: String(name),
    volume: resolved(volume.volume_name),
    port: port.external,
    run: [
      '--detach',
      ...Object.entries(options).map(([option, value]) => `--${option}=${String(value)}`),
      resolved(image),
      ...(command as string[]),
    ],
  };
}
