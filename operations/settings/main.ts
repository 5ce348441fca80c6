import { readFileSync, writeFileSync } from 'node:fs';
import { exampleFile, withOptionalSettings } from './documents';

/** `npm run settings`: writes `.env.example.txt`, and the table of optional settings in README.md, from the table in settings.ts. */
writeFileSync('.env.example.txt', exampleFile());
writeFileSync('README.md', withOptionalSettings(readFileSync('README.md', 'utf8')));
