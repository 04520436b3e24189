// hangs: child-waits-stdin
// standing: named
// root: child fd 0
// history: https://github.com/sindresorhus/get-stdin/issues/13
// cause: exec() gives the command a pipe as its stdin and never ends it, and the command reads that where no file is named
import { exec } from 'node:child_process';

const command = `
  process.stdin.on('end', () => console.log('usage: htconvert [options]'));
  process.stdin.resume();
  console.error('ready');
`;
const { stderr } = exec(`"${process.execPath}" -e "$COMMAND"`, {
  env: { ...process.env, COMMAND: command },
});
stderr.pipe(process.stdout);
