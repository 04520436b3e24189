/**
 * The numbers of those system calls in which a process may wait, or by which one that loops can be
 * told: `[x86-64, arm64]`, null where an architecture does not have it. From the kernel's
 * `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`.
 */
const NUMBERS: Readonly<Record<string, readonly [x64: number | null, arm64: number | null]>> = {
  accept: [43, 202],
  accept4: [288, 242],
  clock_nanosleep: [230, 115],
  clone: [56, 220],
  clone3: [435, 435],
  close: [3, 57],
  connect: [42, 203],
  copy_file_range: [326, 285],
  epoll_pwait: [281, 22],
  epoll_pwait2: [441, 441],
  epoll_wait: [232, null],
  execve: [59, 221],
  exit: [60, 93],
  exit_group: [231, 94],
  fcntl: [72, 25],
  flock: [73, 32],
  fsync: [74, 82],
  futex: [202, 98],
  futex_wait: [455, 455],
  futex_waitv: [449, 449],
  getrandom: [318, 278],
  io_getevents: [208, 4],
  io_uring_enter: [426, 426],
  ioctl: [16, 29],
  msgrcv: [70, 188],
  msgsnd: [69, 189],
  nanosleep: [35, 101],
  open: [2, null],
  openat: [257, 56],
  openat2: [437, 437],
  pause: [34, null],
  poll: [7, null],
  ppoll: [271, 73],
  pread64: [17, 67],
  preadv: [295, 69],
  pselect6: [270, 72],
  pwrite64: [18, 68],
  pwritev: [296, 70],
  read: [0, 63],
  readv: [19, 65],
  recvfrom: [45, 207],
  recvmmsg: [299, 243],
  recvmsg: [47, 212],
  restart_syscall: [219, 128],
  rt_sigsuspend: [130, 133],
  rt_sigtimedwait: [128, 137],
  sched_yield: [24, 124],
  select: [23, null],
  semop: [65, 193],
  semtimedop: [220, 192],
  sendfile: [40, 71],
  sendmmsg: [307, 269],
  sendmsg: [46, 211],
  sendto: [44, 206],
  splice: [275, 76],
  tee: [276, 77],
  vfork: [58, null],
  wait4: [61, 260],
  waitid: [247, 95],
  write: [1, 64],
  writev: [20, 66],
};

const COLUMN = process.arch === 'arm64' ? 1 : 0;

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(NUMBERS).flatMap(([name, numbers]): [number, string][] => {
    const number = numbers[COLUMN];
    return number === null ? [] : [[number, name]];
  }),
);

/** The name of a system call by its number on this machine's architecture; null for others. */
export function syscallName(number: number): string | null {
  return NAMES.get(number) ?? null;
}
