import type { Check } from '../check';
import { failureOf } from '../failure';
import { ok, problem } from '../finding';

/** The identity behind the credentials: without one, nothing can be deployed. */
export const awsAccount: Check = {
  subject: 'AWS account',
  look: async (around) => {
    const { AWS_ENDPOINT_URL: endpointUrl } = around.reading.settings;
    const profile = around.reading.environment['AWS_PROFILE'];
    const where = endpointUrl === undefined ? '' : ` at ${endpointUrl} (AWS_ENDPOINT_URL)`;
    try {
      const { account, arn } = await around.identity();
      return ok(`${account}${where}, as ${arn.split(':').at(-1)}.`);
    } catch (error) {
      const { words, remedy } = failureOf(error);
      const which = [
        ...(where === '' ? [] : [`This is about AWS${where}.`]),
        ...(profile === undefined ? [] : [`AWS_PROFILE is "${profile}".`]),
      ];
      return problem([words, ...which].join(' '), remedy);
    }
  },
};
