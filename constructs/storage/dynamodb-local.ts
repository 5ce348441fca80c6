import { Container } from '@cdktf/provider-docker/lib/container';
import { Image } from '@cdktf/provider-docker/lib/image';
import { DockerProvider } from '@cdktf/provider-docker/lib/provider';
import { Volume } from '@cdktf/provider-docker/lib/volume';
import { Construct } from 'constructs';

export interface DynamodbLocalProps {
  /** The port on this machine. */
  readonly port: number;
}

/** Pinned, so that everyone has the same DynamoDB. https://hub.docker.com/r/amazon/dynamodb-local */
const IMAGE = 'amazon/dynamodb-local:2.6.1';
const DATA = '/home/dynamodblocal/data';

/**
 * DynamoDB Local in Docker, with its data in a volume: it outlives the container.
 *
 * @example
 * new DynamodbLocal(scope, 'dynamodb', { port: 8000 });
 */
export class DynamodbLocal extends Construct {
  readonly container: Container;
  readonly endpointUrl: string;

  constructor(scope: Construct, id: string, props: DynamodbLocalProps) {
    super(scope, id);
    new DockerProvider(this, 'docker', {});
    const image = new Image(this, 'image', { name: IMAGE, keepLocally: true });
    const volume = new Volume(this, 'data', { name: 'kite-dynamodb' });
    this.container = new Container(this, 'container', {
      name: 'kite-dynamodb',
      image: image.imageId,
      // The image's own user cannot write into a new volume.
      user: 'root',
      workingDir: '/home/dynamodblocal',
      command: ['-jar', 'DynamoDBLocal.jar', '-sharedDb', '-dbPath', DATA],
      ports: [{ internal: 8000, external: props.port, ip: '127.0.0.1' }],
      volumes: [{ volumeName: volume.name, containerPath: DATA }],
      restart: 'unless-stopped',
    });
    this.endpointUrl = `http://localhost:${props.port}`;
  }
}
