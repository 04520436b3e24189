import assert from 'node:assert/strict';
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';
import { ownChildren } from '../../../src/process/own-children.ts';
import { PROCESSES } from './escapes.ts';
import { endTrue, isThere, statOf, type TrueProcess } from './truth.ts';

interface Bystander extends TrueProcess {
  readonly log: string;
}

/**
 * Unrelated processes of the same user, none of whom may ever be signalled. They end after this
 * process, if not before.
 */
export class Bystanders {
  readonly #dir: string;
  readonly #all: Bystander[] = [];
  #neighbour: { readonly ask: Writable; readonly answers: Lines } | null = null;

  /** @param dir where they write down which signals they got */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Starts one as a child of this very process, in its session and process group. To be called
   * before a tier is opened, which may take what this process starts later for an attempt's.
   *
   * @param around its working directory and environment, where they are not ours, and whether it
   *   leads a session of its own
   */
  async child(
    name: string,
    around: Pick<SpawnOptions, 'cwd' | 'env' | 'detached'> = {},
  ): Promise<void> {
    const log = this.#log();
    const args = [join(PROCESSES, 'bystander.pl'), log, String(process.pid), name];
    const child = spawn('perl', args, { ...around, stdio: ['ignore', 'pipe', 'inherit'] });
    const { pid } = child;
    assert.ok(pid !== undefined);
    // A tier that reaps must leave its end to libuv, which would wait for this pid for good, and
    // take the end of whoever has it next.
    ownChildren.add(pid);
    child.once('exit', () => ownChildren.delete(pid));
    await this.#met(log, new Lines(child.stdout));
    child.stdout.destroy();
    child.unref();
  }

  /**
   * Starts a process that is no descendant of this one, for {@link stranger}. To be called before
   * a tier makes this process the parent of orphans.
   */
  async openNeighbour(): Promise<void> {
    const child = spawn('sh', ['-c', 'sh "$0" <&3 &', join(PROCESSES, 'neighbour.sh')], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    });
    const ask = child.stdio[3];
    assert.ok(child.stdout !== null && ask instanceof Writable);
    await once(child, 'exit');
    this.#neighbour = { ask, answers: new Lines(child.stdout) };
  }

  /** Has the neighbour start one, in our session and process group; one at a time. */
  async stranger(name: string): Promise<void> {
    const neighbour = this.#neighbour;
    assert.ok(neighbour !== null, 'there is no neighbour');
    const log = this.#log();
    neighbour.ask.write(`${log} ${process.pid} ${name}\n`);
    await this.#met(log, neighbour.answers);
  }

  get count(): number {
    return this.#all.length;
  }

  get all(): readonly TrueProcess[] {
    return this.#all;
  }

  /** Asserts that each of them is alive and got no signal at all. */
  assertUntouched(): void {
    for (const bystander of this.#all) {
      const signals = existsSync(bystander.log) ? readFileSync(bystander.log, 'utf8') : '';
      assert.equal(signals, '', `bystander ${bystander.pid} got signals`);
      assert.ok(isThere(bystander), `bystander ${bystander.pid} is gone`);
      assert.notEqual(statOf(bystander.pid)?.[0], 'T', `bystander ${bystander.pid} is stopped`);
    }
  }

  end(): void {
    this.#neighbour?.ask.end();
    this.#neighbour?.answers.close();
    for (const bystander of this.#all) endTrue(bystander);
  }

  #log(): string {
    return join(this.#dir, `bystander-${process.pid}-${Math.random()}`);
  }

  async #met(log: string, lines: Lines): Promise<void> {
    const pid = Number(await lines.next());
    this.#all.push({ pid, startTime: Number(statOf(pid)?.[19]), log });
  }
}

class Lines {
  readonly #reader;
  readonly #lines;

  constructor(stream: Readable) {
    this.#reader = createInterface({ input: stream });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  async next(): Promise<string> {
    const line = await this.#lines.next();
    assert.equal(line.done, false, 'it ended before it said its pid');
    return line.value;
  }

  close(): void {
    this.#reader.close();
  }
}
