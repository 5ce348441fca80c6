import type { Section } from '../section';
export const tests: Section = { name: 'tests', title: 'tests', slow: true, measure: async () => [] };
