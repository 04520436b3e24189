// hangs: grandchild-holds-stdout
// standing: named
// root: child fd 1
// history: https://github.com/tinylibs/tinyexec/issues/138
// cause: a language server that the linter started holds the linter's stdout after the linter has exited, and the end of that is awaited
import { spawn } from 'node:child_process';

const server = `setTimeout(() => {}, 300_000)`;
const linter = `
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(server)}], {
    stdio: ['ignore', 1, 'ignore'],
  });
  console.log('linted');
  process.exit(0);
`;
const child = spawn(process.execPath, ['-e', linter], { stdio: ['ignore', 'pipe', 'inherit'] });
child.once('exit', () => console.log('ready'));
for await (const text of child.stdout) console.log(String(text));
