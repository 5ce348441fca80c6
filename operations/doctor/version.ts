/** Whether a version, for example `1.11.4`, is at least another, for example `1.11`. What comes after a hyphen does not count. */
export function isAtLeast(version: string, least: string): boolean {
  const [given, asked] = [numbersOf(version), numbersOf(least)];
  for (let place = 0; place < 3; place += 1) {
    const difference = (given[place] ?? 0) - (asked[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

function numbersOf(version: string): number[] {
  return (version.split('-')[0] ?? '').split('.').map(Number);
}
