// Bell: one thread waits, another wakes it. Does not spin first, as std::binary_semaphore does: on few cores that takes
// the time of whoever is to ring.
#pragma once

#include <semaphore.h>

#include <cerrno>

namespace lakegate {

// Whoever waited may end the bell's life at once: ring() does not touch it any more then.
class Bell {
 public:
  Bell() { ::sem_init(&semaphore_, 0, 0); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;
  ~Bell() { ::sem_destroy(&semaphore_); }

  // Each ring ends one wait, also one that begins later.
  void ring() { ::sem_post(&semaphore_); }
  void wait() {
    while (::sem_wait(&semaphore_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t semaphore_{};
};

}  // namespace lakegate
