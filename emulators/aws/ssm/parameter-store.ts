import { AwsJsonError, type AwsJsonService } from '../protocol/aws-json';

/** SSM Parameter Store with parameters that are known from the start: GetParameter, and nothing else. */
export function parameterStore(parameters: Readonly<Record<string, string>>): AwsJsonService {
  return {
    targetPrefix: 'AmazonSSM',
    operations: {
      GetParameter: ({ Name: name, WithDecryption: decrypt }) => {
        const value = typeof name === 'string' ? parameters[name] : undefined;
        if (value === undefined) throw new AwsJsonError('ParameterNotFound', `There is no parameter ${String(name)}.`);
        return {
          Parameter: {
            Name: name,
            Type: 'SecureString',
            // What a SecureString looks like to a reader that forgets to ask for decryption.
            Value: decrypt === true ? value : 'encrypted',
            Version: 1,
            LastModifiedDate: 0,
          },
        };
      },
    },
  };
}
