/** The names of kite-build's outputs that kite-stack reads. The first three are public interface. */
export const BUILD_OUTPUTS = {
  bucket: 's3-source-bucket',
  dispatcherKey: 'function-s3-key',
  lifecycleKey: 'lifecycle-s3-key',
  /** SHA-256 in base64 of what Terraform uploaded, or `-` where CI brings the code. */
  dispatcherHash: 'function-source-hash',
  lifecycleHash: 'lifecycle-source-hash',
  /** Where alarms go. */
  topic: 'notification-topic-arn',
} as const;

/** The name of an output of kite-build for people: an image that shows how the last build of a push ended. */
export const BADGE_OUTPUT = 'build-badge-url';
