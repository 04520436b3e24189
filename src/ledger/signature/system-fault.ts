/** The names of errno(3) that tests meet, as runtimes print them. */
const ERRNO =
  /\b(?:E2BIG|EACCES|EADDRINUSE|EADDRNOTAVAIL|EAGAIN|EBADF|EBUSY|ECHILD|ECONNABORTED|ECONNREFUSED|ECONNRESET|EDQUOT|EEXIST|EFAULT|EFBIG|EHOSTUNREACH|EINTR|EINVAL|EIO|EISDIR|ELOOP|EMFILE|EMLINK|ENAMETOOLONG|ENETUNREACH|ENFILE|ENODEV|ENOENT|ENOEXEC|ENOMEM|ENOSPC|ENOTDIR|ENOTEMPTY|ENOTFOUND|ENOTCONN|ENXIO|EPERM|EPIPE|EROFS|ESRCH|ESTALE|ETIMEDOUT|ETXTBSY|EXDEV|EAI_AGAIN)\b/;

/** The words of strerror(3) for them. */
const WORDS =
  /\b(?:address already in use|bad file descriptor|broken pipe|cannot allocate memory|connection (?:refused|reset by peer|timed out)|device or resource busy|directory not empty|file exists|input\/output error|is a directory|no space left on device|no such file or directory|no such process|not a directory|operation not permitted|permission denied|read-only file system|resource temporarily unavailable|text file busy|too many open files|network is unreachable|no route to host)\b|\[Errno -?\d+\]|\bOs \{ code: \d+/i;

/** Whether the error is one of the operating system's: it is the same wherever it is met. */
export function isSystemFault(head: string): boolean {
  return ERRNO.test(head) || WORDS.test(head);
}
