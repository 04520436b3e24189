/** What changes how programs print, or whom they take themselves to run for. */
const SHAPING = /^(?:CI|COLORTERM|FORCE_COLOR|GITHUB_.*|NODE_DISABLE_COLORS|NO_COLOR|TERM)$/;

/** This process's environment without what a terminal or a CI system adds to it. */
export const plainEnvironment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !SHAPING.test(name)),
);
