// hangs: mutex-owner-gone
// standing: proven
// root: child
// history: https://github.com/greenbone/openvas-scanner/pull/491
// cause: a thread logs, under a mutex, while the main one forks; the mutex is copied in its locked state, and the child logs first of all
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t log_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t logs, forked;

static void *look_who_is_alive(void *unused) {
  pthread_mutex_lock(&log_mutex);
  pthread_barrier_wait(&logs);
  pthread_barrier_wait(&forked);
  pthread_mutex_unlock(&log_mutex);
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_barrier_init(&logs, NULL, 2);
  pthread_barrier_init(&forked, NULL, 2);
  pthread_create(&thread, NULL, look_who_is_alive, NULL);
  pthread_barrier_wait(&logs);
  pid_t child = fork();
  if (child == 0) {
    puts("ready");
    fflush(stdout);
    pthread_mutex_lock(&log_mutex);
    _exit(0);
  }
  pthread_barrier_wait(&forked);
  pthread_join(thread, NULL);
  return waitpid(child, NULL, 0) < 0;
}
