import { environmentError } from '../../../core/errors.ts';
import * as v from 'valibot';
import { type Engine, EngineFault } from './engine.ts';

const Config = v.pipe(
  v.string(),
  v.parseJson(),
  v.nullish(v.object({ Env: v.nullish(v.array(v.string())) })),
);

export interface ImageWish {
  readonly image: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Progress for people. */
  say(line: string): void;
}

/**
 * Makes sure that the image is there, pulling it where it is not, and reads its `PATH`.
 *
 * @returns null where the image says none
 * @throws PindownError `image-unavailable`, exit status 6
 */
export async function imagePath(engine: Engine, wish: ImageWish): Promise<string | null> {
  const here = await engine.call(inspect(wish.image));
  const text = here.status === 0 ? here.stdout : await pulled(engine, wish);
  const config = v.safeParse(Config, text);
  const env = config.success ? (config.output?.Env ?? []) : [];
  return env.find((entry) => entry.startsWith('PATH='))?.slice('PATH='.length) ?? null;
}

async function pulled(engine: Engine, wish: ImageWish): Promise<string> {
  const { image, timeoutMs, signal } = wish;
  wish.say(`pulling the image ${image}`);
  try {
    await engine.ask(['pull', image], { timeoutMs, signal });
    return await engine.ask(inspect(image));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EngineFault)) throw error;
    throw environmentError(
      'image-unavailable',
      `The image ${image} is not there and could not be pulled within ${timeoutMs / 1000} s: ${error.message}.`,
      'Nothing was run. Is its name whole and its registry reachable from here? Build or pull it by hand, or raise "pull-timeout" in [isolation].',
      error,
    );
  }
}

function inspect(image: string): readonly string[] {
  return ['image', 'inspect', '--format', '{{json .Config}}', image];
}
