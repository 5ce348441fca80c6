// `npm run doctor`. Runs before anything is installed, and on any Node.js that people may have: plain JavaScript of long ago.
'use strict';
const fs = require('fs');
const path = require('path');

const root = path.join(__dirname, '..', '..');
const range = require(path.join(root, 'package.json')).engines.node;

if (!require('./node-version.cjs').isInRange(process.versions.node, range)) {
  stop(
    'Node.js',
    'This is ' + process.versions.node + ', and Kite needs ' + range + '.',
    'Install it from https://nodejs.org',
  );
} else if (!fs.existsSync(path.join(root, 'node_modules', '.package-lock.json'))) {
  stop('npm packages', 'They are not installed.', 'npm ci');
} else {
  require('tsx/cjs');
  require('./main.ts');
}

function stop(subject, words, remedy) {
  if (process.argv.indexOf('--json') >= 0) {
    const findings = [{ subject: subject, verdict: 'problem', words: words, remedy: remedy }];
    console.log(JSON.stringify({ ready: false, next: remedy, findings: findings }, null, 2));
  } else {
    console.log('problem      ' + subject + '  ' + words + '\n\nNext: ' + remedy + ', then npm run doctor again.');
  }
  process.exitCode = 1;
}
