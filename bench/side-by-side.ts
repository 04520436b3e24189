import { type Command, type Measured, measure } from './measure.ts';

/**
 * Measures commands alternately (A B A B …), after one round that is not counted: it fills the
 * caches of the file system for all of them alike.
 *
 * @param sides makes the command of each side anew for each round
 * @returns the samples of each side, by round
 */
export async function sideBySide<Side extends string>(
  sides: Readonly<Record<Side, (round: number) => Command>>,
  options: { readonly rounds: number; readonly scratch: string; say(line: string): void },
): Promise<Record<Side, Measured[]>> {
  const names = Object.keys(sides) as Side[];
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Side,
    Measured[]
  >;
  for (let round = 0; round <= options.rounds; round += 1) {
    for (const name of names) {
      const measured = await measure(sides[name](round), options.scratch);
      if (round > 0) samples[name].push(measured);
      const counted = round === 0 ? 'warm-up' : `round ${round}`;
      options.say(`${counted}, ${name}: ${measured.wallMs} ms, CPU ${measured.cpuMs} ms`);
    }
  }
  return samples;
}
