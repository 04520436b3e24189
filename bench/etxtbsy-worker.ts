/** One of the threads that write programs and start them; see `rows/etxtbsy.ts`. */
import { spawnSync } from 'node:child_process';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { installExecutable } from '../src/retry/install-executable.ts';
import { retryEtxtbsySync } from '../src/retry/retry-etxtbsy.ts';

/** How a program is written and started. */
export type Way = 'written' | 'written, retried' | 'installed';

export interface Order {
  readonly dir: string;
  readonly way: Way;
  /** How many programs. */
  readonly count: number;
}

/** What became of them. */
export interface Starts {
  readonly busy: number;
  readonly started: number;
  /** Milliseconds for them all. */
  readonly tookMs: number;
}

/** As large as a small compiled program: the longer the writing takes, the likelier is a fork in it. */
const BODY = Buffer.concat([Buffer.from('#!/bin/sh\nexit\n'), Buffer.alloc(3_000_000, '#')]);

async function start({ dir, way, count }: Order): Promise<Starts> {
  let busy = 0;
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) {
    const program = await make(dir, way, String(index));
    const run = () => spawnSync(program, { stdio: 'ignore' });
    const { error } = way === 'written, retried' ? retryEtxtbsySync(run) : run();
    if (error !== undefined && (error as NodeJS.ErrnoException).code !== 'ETXTBSY') throw error;
    if (error !== undefined) busy += 1;
    unlinkSync(program);
  }
  return { busy, started: count - busy, tookMs: performance.now() - startedAt };
}

async function make(dir: string, way: Way, name: string): Promise<string> {
  if (way === 'installed') return installExecutable(dir, name, BODY);
  const program = join(dir, name);
  writeFileSync(program, BODY, { mode: 0o755 });
  return program;
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window, no origin
parentPort?.postMessage(await start(workerData as Order));
