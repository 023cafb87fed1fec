// A node starts worker processes of its own program, which here is the program of these tests.
#include <gtest/gtest.h>

#include <string_view>

#include "validation/worker.h"

int main(int count, char** arguments) {
  using namespace lakegate::validation;
  if (count > 1 && std::string_view(arguments[1]) == "worker") return worker_main(worker_socket);
  ::testing::InitGoogleTest(&count, arguments);
  return RUN_ALL_TESTS();
}
