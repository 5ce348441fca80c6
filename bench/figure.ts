/** How a number is written. */
export type Unit = 'ms' | 's' | 'bytes' | 'requests' | 'round trips' | 'units' | 'count';

/** What a figure is compared with, where it was measured in the same run on the same machine. */
export interface Floor {
  /** E.g. `node -e 0`. */
  readonly name: string;
  /** The figure divided by the floor. */
  readonly ratio: number;
}

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: Unit;
  readonly floor?: Floor;
  readonly aim?: Aim;
  /** What a reader should know of it. */
  readonly note?: string;
}

/** What a figure should be at most: itself, or its ratio to the floor. */
export interface Aim {
  readonly of: 'value' | 'ratio';
  readonly atMost: number;
}

/** Whether the aim is met; undefined: there is none. */
export function isMet({ value, floor, aim }: Figure): boolean | undefined {
  if (!aim) return undefined;
  return (aim.of === 'value' ? value : (floor?.ratio ?? Number.NaN)) <= aim.atMost;
}

/** A figure with its ratio to a floor of the same unit. */
export function against(figure: Figure, name: string, floor: number): Figure {
  return { ...figure, floor: { name, ratio: figure.value / floor } };
}
