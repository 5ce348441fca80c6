import { downloadName, served } from '../../../lambdas/chat/download';

const disposition = (name: string, type = 'application/zip') => served({ name, type }).disposition;

test.each([
  ['report.pdf', 'report.pdf'],
  ['звіт за рік.pdf', 'звіт за рік.pdf'],
  ['family 👨‍👩‍👧.png', 'family 👨‍👩‍👧.png'],
  ['../../etc/passwd', '_.._etc_passwd'],
  ['C:\\Windows\\win.ini', 'C_Windows_win.ini'],
  ['a"b;c=d.pdf', 'a_b;c=d.pdf'],
  ['line\r\nSet-Cookie: a=b.pdf', 'line Set-Cookie_ a=b.pdf'],
  ['invoice\u202Efdp.exe', 'invoice fdp.exe'],
  ['.bashrc', 'file.bashrc'],
  ['...', 'file'],
  ['   ', 'file'],
  ['', 'file'],
  ['.png', 'file.png'],
  ['name.pdf. . .', 'name.pdf'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['com1.tar.gz', '_com1.tar.gz'],
  ['LPT² .txt', '_LPT² .txt'],
  ['console.txt', 'console.txt'],
])('the file %j is saved as %j', (name, saved) => {
  expect(downloadName(name)).toBe(saved);
  expect(downloadName(saved)).toBe(saved);
});

test('a name that is too long for a file system is cut, keeps its extension, and no character is halved', () => {
  for (const name of ['x'.repeat(255), 'ü'.repeat(255), '🙂'.repeat(120), `${'語'.repeat(250)}.xlsx`]) {
    const saved = downloadName(name);
    expect(Buffer.byteLength(saved)).toBeGreaterThan(190);
    expect(Buffer.byteLength(saved)).toBeLessThanOrEqual(200);
    expect(saved).not.toContain('\uFFFD');
    expect(encodeURIComponent(saved).length).toBeLessThanOrEqual(600);
  }
  expect(downloadName(`${'語'.repeat(250)}.xlsx`)).toMatch(/語\.xlsx$/);
});

test.each([
  ['a.pdf', `attachment; filename="a.pdf"; filename*=UTF-8''a.pdf`],
  ['größe (1).pdf', `attachment; filename="gr_e (1).pdf"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%281%29.pdf`],
  [`it's 100%.pdf`, `attachment; filename="it's 100_.pdf"; filename*=UTF-8''it%27s%20100%25.pdf`],
  ['a"; filename="b.exe', `attachment; filename="a_; filename=_b.exe"; filename*=UTF-8''a_%3B%20filename%3D_b.exe`],
])('the header for %j says the name once for old clients and once as it is', (name, header) => {
  expect(disposition(name)).toBe(header);
  expect(header).toMatch(/^[\x20-\x7e]+$/);
});

test.each(['image/jpeg', 'image/heic', 'image/webp', 'video/mp4', 'audio/ogg', 'application/pdf'])(
  'a browser shows %s',
  (type) => {
    expect(served({ name: 'a', type })).toEqual({ type, disposition: expect.stringMatching(/^inline; /) });
  },
);

test.each([
  ...['text/html', 'image/svg+xml', 'image/svg', 'application/xhtml+xml', 'text/xml', 'image/x+xml', 'text/plain'],
  ...['application/javascript', 'application/zip', 'application/octet-stream', 'application/pdfx', 'x-image/png'],
])('a browser saves %s', (type) => {
  expect(served({ name: 'a', type })).toEqual({ type, disposition: expect.stringMatching(/^attachment; /) });
});

test.each(['', 'image', 'image/png\r\nx: y', 'text/html; charset=utf-8', 'image/*, text/html'])(
  'what has the type %j is bytes to save',
  (type) => {
    expect(served({ name: 'a', type })).toEqual({
      type: 'application/octet-stream',
      disposition: expect.stringMatching(/^attachment; /),
    });
  },
);
