import type { Section } from '../section';
export const deployment: Section = { name: 'deployment', title: 'deployment', slow: true, measure: async () => [] };
