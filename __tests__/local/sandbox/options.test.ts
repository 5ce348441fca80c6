import { readOptions } from '../../../local/sandbox/options';

test('without parameters the port is that of the settings, and the native build is deployed', () => {
  expect(readOptions([], 3000)).toEqual({
    port: 3000,
    awsPort: 0,
    kind: 'native',
    domain: undefined,
    verbose: false,
    help: false,
  });
});

test('ports, build and domain can be chosen', () => {
  const args = ['--port', '4000', '--aws-port', '4566', '--kind', 'common', '--domain', 'example.test'];
  expect(readOptions(args, 3000)).toMatchObject({ port: 4000, awsPort: 4566, kind: 'common', domain: 'example.test' });
});

test.each([
  [['--port', 'abc'], '--port is "abc": write a number from 1 to 65535, for example --port 4000.'],
  [['--aws-port', '70000'], '--aws-port is "70000": write a number'],
  [['--kind', 'java'], '--kind is "java": write --kind native or --kind common.'],
  [['--domain', 'https://x'], '--domain is "https://x", which is no domain'],
  [['--color'], 'npm run sandbox -- --help" lists what there is'],
])('%j is refused in one sentence', (args, sentence) => {
  expect(() => readOptions(args, 3000)).toThrow(sentence);
});
