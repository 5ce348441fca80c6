import { readFileSync, writeFileSync } from 'node:fs';
import { replaceBlock } from '../page-block';
import { exampleFile, optionalSettings } from './documents';

/** `npm run settings`: writes `.env.example.txt`, and the table of optional settings in README.md, from the table in settings.ts. */
writeFileSync('.env.example.txt', exampleFile());
writeFileSync('README.md', replaceBlock(readFileSync('README.md', 'utf8'), 'optional settings', optionalSettings()));
