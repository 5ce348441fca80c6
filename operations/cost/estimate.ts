import type { EventMeasures } from '../../bench/events';
import { billOf, type Bill } from './bill';
import { deploymentOf, type Deployment } from './deployment';
import type { CostOptions } from './options';
import { pricesIn, readPrices, type PriceTable } from './prices';
import { usageOf, type Usage } from './usage';

/** The bills for the numbers of visitors that the options name, and what they are made of. */
export interface Estimate {
  readonly table: PriceTable;
  readonly deployment: Deployment;
  readonly bills: readonly (Bill & { readonly visitors: number; readonly usage: Usage })[];
}

/** @throws Error if the file with prices cannot be read */
export function estimate(options: CostOptions, measured: EventMeasures): Estimate {
  const table = options.prices === undefined ? pricesIn(options.region) : readPrices(options.prices);
  const deployment = deploymentOf({ ...options, region: table.region });
  const bills = options.visitors.map((visitors) => {
    const usage = usageOf({ ...options, visitors }, measured, deployment);
    return { visitors, usage, ...billOf(usage, options, table.prices) };
  });
  return { table, deployment, bills };
}
