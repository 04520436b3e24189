import { findProjectRoot } from '../../config/project-root.ts';
import { EXIT } from '../../core/exit-status.ts';
import { sanitiseLine } from '../../report/terminal/sanitise.ts';
import { theme } from '../../report/terminal/theme.ts';
import { suiteEnvironment } from '../../sandbox/environment.ts';
import { type Command, defineCommand } from '../command.ts';
import type { DoctorFinding } from '../doctor/finding.ts';
import { isolationFindings } from '../doctor/isolation.ts';
import { machineFindings } from '../doctor/machine.ts';
import { projectFindings } from '../doctor/project.ts';
import type { Io } from '../io.ts';
import { OWN_CHECKOUT } from '../version.ts';

export const doctorCommand: Command = defineCommand({
  name: 'doctor',
  summary: 'say what this machine allows and what that means',
  usage: ['doctor [--json]'],
  description: [
    'Looks at this machine and this project as a run would, and says of each what it found and what that means. Exits with 6 if a run could not succeed here.',
  ],
  positionals: { min: 0, max: 0 },
  takesRest: false,
  options: { json: { kind: 'boolean', summary: 'print one JSON object' } },
  examples: [
    { command: 'pindown doctor', explains: 'before the first run, or when one behaves oddly' },
  ],
  async run({ options }, io) {
    const root = findProjectRoot(io.cwd);
    const env = suiteEnvironment(io.env, { ownRoot: OWN_CHECKOUT, projectRoot: root });
    const findings = [
      ...machineFindings(),
      ...(await isolationFindings(root)),
      ...(await projectFindings(root, env)),
    ];
    await io.print(
      options.json === true
        ? `${JSON.stringify({ findings })}\n`
        : findings.map((finding) => describe(finding, io)).join(''),
    );
    return findings.some(({ state }) => state === 'bad') ? EXIT.environment : EXIT.passed;
  },
});

function describe({ name, state, found, means }: DoctorFinding, io: Io): string {
  const look = theme(io.stdout);
  const tone = ({ ok: 'good', less: 'warn', bad: 'bad' } as const)[state];
  return `${look.paint(tone, state.padEnd(4))}  ${name}: ${sanitiseLine(found)}\n        ${sanitiseLine(means)}\n`;
}
