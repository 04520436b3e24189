/**
 * Takes every way to escape through each framework's own runner and through Pindown in each tier,
 * and writes what they left into docs/escapes.md. A quarter of an hour.
 *
 *     node scripts/escapes.ts [PROGRAM…]
 *
 * With programs of test/fixtures/processes/ it only prints their rows.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TIERS } from '../src/core/run.ts';
import { availableProcessors } from '../src/process/processors.ts';
import { machine } from '../bench/machine.ts';
import { type Escape, ESCAPES, impossible } from '../test/process/tier/escapes.ts';
import {
  type Peer,
  PEERS,
  RUNNERS,
  type RunnerName,
  writeEscapeSuite,
} from '../test/process/tier/escape-suite.ts';
import { playPindown } from './escapes/play-pindown.ts';
import { playPlain } from './escapes/play-plain.ts';
import { pindownCell, plainCell, tableOf } from './escapes/table.ts';

const PAGE = join(import.meta.dirname, '../docs/escapes.md');
const BEGIN = '<!-- escapes -->\n';
const END = '<!-- /escapes -->';

const peers = PEERS.filter(isInstalled);
const runners = (Object.keys(RUNNERS) as RunnerName[]).filter((name) =>
  peers.some((peer) => peer.name === name),
);

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const scratch = mkdtempSync(join(tmpdir(), 'pindown-escapes-'));
  const rows: string[][] = [];
  try {
    for (const escape of ESCAPES) {
      if (wanted.length > 0 && !wanted.includes(escape.program)) continue;
      const cells = [escape.title, ...(await cellsOf(escape, join(scratch, escape.program)))];
      rows.push(cells);
      process.stderr.write(`${cells.join(' | ')}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  const table = tableOf(['way', ...peers.map(versionOf), ...TIERS.map(titleOf)], rows);
  if (wanted.length > 0) process.stdout.write(table);
  else writeFileSync(PAGE, withTable(readFileSync(PAGE, 'utf8'), table));
}

async function cellsOf(escape: Escape, scratch: string): Promise<string[]> {
  const because = impossible(escape);
  if (because !== false) return [because];
  const cells: string[] = [];
  for (const peer of peers) {
    const suite = writeEscapeSuite(`${scratch}-${peer.name}`, peer.suite, escape);
    cells.push(plainCell(await playPlain(peer, suite)));
  }
  for (const tier of TIERS) {
    const results = [];
    for (const runner of runners) {
      const suite = writeEscapeSuite(`${scratch}-${runner}-${tier}`, runner, escape);
      results.push([runner, await playPindown(tier, suite)] as const);
    }
    cells.push(pindownCell(results));
  }
  return cells;
}

function titleOf(tier: string): string {
  return `Pindown, \`${tier}\``;
}

function isInstalled(peer: Peer): boolean {
  try {
    return versionOf(peer) !== '';
  } catch (error) {
    process.stderr.write(`${peer.name} is left out: ${String(error)}\n`);
    return false;
  }
}

/** Such as `vitest 5.1.1`. */
function versionOf({ name, version: [command, ...args] }: Peer): string {
  const version = execFileSync(command, args, { encoding: 'utf8' });
  return `${name} ${/\d+(?:\.\d+)+/.exec(version)?.[0] ?? ''}`;
}

function withTable(page: string, table: string): string {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`${PAGE} has no place for the table`);
  const where = machine(availableProcessors());
  return `${page.slice(0, from)}${BEGIN}\n${where}.\n\n${table}\n${page.slice(to)}`;
}

await main();
