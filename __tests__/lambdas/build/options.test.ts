import { buildOptions } from '../../../lambdas/build/options';

test('without options everything is built, into dist', () => {
  expect(buildOptions([])).toEqual({
    targets: [
      { kind: 'native', architecture: 'arm64' },
      { kind: 'native', architecture: 'x86_64' },
      { kind: 'common', architecture: 'any' },
    ],
    out: 'dist',
    force: false,
  });
});

test('kind, architecture and folder can be chosen', () => {
  expect(buildOptions(['--kind', 'native', '--arch', 'arm64', '--out', 'x', '--force'])).toEqual({
    targets: [{ kind: 'native', architecture: 'arm64' }],
    out: 'x',
    force: true,
  });
  expect(buildOptions(['--kind', 'common', '--arch', 'arm64']).targets).toEqual([
    { kind: 'common', architecture: 'any' },
  ]);
});

test.each([
  [['--kind', 'wasm'], '--kind wasm is not one of native, common, all. Usage: npm run build:lambdas'],
  [['--arch', 'x64'], '--arch x64 is not one of arm64, x86_64, all. Usage:'],
  [['--fast'], /--fast.*Usage:/],
])('%j is refused with the usage', (args, words) => {
  expect(() => buildOptions(args)).toThrow(words);
});
