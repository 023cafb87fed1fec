// The tests' own program is also their worker program, so that the sandbox is really tested: with "worker" it runs the
// real worker, whose job misbehaves where the file begins with a word that says how; with "liar" a worker that answers
// nonsense.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "validation/worker.h"
#include "validation/worker_protocol.h"

namespace lakegate::validation {
namespace {

void misbehave(int file) {
  std::array<char, 4> head{};
  const off_t end = ::lseek(file, 0, SEEK_END);
  if (end < 4 || ::pread(file, head.data(), head.size(), end - 4) != static_cast<ssize_t>(head.size())) return;
  const std::string_view word(head.data(), head.size());
  if (word == "ABRT") std::abort();
  int* volatile nowhere = nullptr;
  if (word == "SEGV") *nowhere = 1;
  for (volatile bool hangs = word == "HANG"; hangs;) {
  }
  if (word == "EXIT") ::_exit(0);
  if (word == "OPEN") ::open("/etc/passwd", O_RDONLY);
  if (word == "SOCK") ::socket(AF_INET, SOCK_STREAM, 0);
  if (word == "FORK") ::fork();
  if (word == "EXEC") ::execl("/bin/true", "true", nullptr);
  if (word == "CODE") ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (word == "MUCH" && ::mmap(nullptr, size_t{2} << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
    ::_exit(3);
  if (word == "FULL") {
    for (size_t size = 1 << 20; size >= 16; size /= 2) {
      while (std::malloc(size) != nullptr) {
      }
    }
    throw std::bad_alloc();
  }
}

// Says that it is ready, and answers each job with what the file's first bytes say.
int lie(int socket) {
  const auto say = [&](const AnswerMessage& answer) {
    send_message(socket, std::as_bytes(std::span(&answer, 1)), {}, true);
  };
  say({.kind = AnswerMessage::Kind::ready});
  while (true) {
    JobMessage job;
    const auto received = receive_message(socket, std::as_writable_bytes(std::span(&job, 1)), true);
    if (!received || received->size_bytes == 0) return 0;
    std::array<char, 4> head{};
    [[maybe_unused]] const ssize_t got = ::pread(received->descriptors[0].get(), head.data(), head.size(), 0);
    const std::string_view word(head.data(), head.size());
    AnswerMessage answer{.job = job.job, .kind = AnswerMessage::Kind::judged};
    if (word == "OTHR") answer.job += 1;
    if (word == "HUGE") answer.tail_bytes = INT64_MAX;
    if (word == "NEGA") answer.text_bytes = -1;
    if (word == "SHRT") {
      send_message(socket, std::as_bytes(std::span(&answer, 1)).first(5), {}, true);
      continue;
    }
    if (word == "HOLD") {
      // Keeps the result open for writing, to change it after it was checked.
      ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, received->descriptors[2].get(), 0);
    }
    say(answer);
  }
}

}  // namespace
}  // namespace lakegate::validation

int main(int count, char** arguments) {
  using namespace lakegate::validation;
  const std::string_view role = count > 1 ? arguments[1] : "";
  if (role == "worker") return worker_main(worker_socket, misbehave);
  if (role == "liar") return lie(worker_socket);
  if (role == "absent") return 7;
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
