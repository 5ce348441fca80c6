import { delimiter, join } from 'node:path';

/** The environment, with the programs that stand in for those that a machine may lack last on its PATH. */
export function withPrograms(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, PATH: [environment['PATH'], join(__dirname, 'programs')].join(delimiter) };
}
