/** What looks like the environment's fault and proves nothing; for people. */
export const NEVER: readonly (readonly [what: string, because: string])[] = [
  ['an assertion that failed', 'it is what the test is there for; one of them vetoes every rule'],
  [
    'ENOENT without its call',
    "mkdir's (the parent is gone), open's (it vanished in between) and execve's (no program, no directory, no interpreter) are three faults",
  ],
  ['EBUSY on removal', 'it means a mount point, which no waiting removes'],
  ['EACCES on clean-up', 'the file has another owner, as what a container wrote; it is reported'],
  ['ENOSPC', 'no attempt makes room'],
  [
    'a time-out or a hang',
    'another attempt costs the whole limit again and hides the evidence of the first',
  ],
  ['a crash', 'only the kernel can say that it was for memory; any other signal is a defect'],
  ['text in the output', 'a test can print anything, also the words of an error of the system'],
];
