#include "cli/push_state.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace lakegate::cli {
namespace {

const std::filesystem::path folder =
    std::filesystem::temp_directory_path() / ("lakegate-push-state-" + std::to_string(::getpid()));

Target target() {
  return {.url = "http://a",
          .org = "o",
          .sandbox = "prod",
          .api_key = "k",
          .client_id = "k",
          .client_secret = "s",
          .ca_file = ""};
}

std::vector<PushFile> files() { return {{.source = "/data/a", .name = "a", .bytes = 10, .modified_ns = 5}}; }

TEST(PushState, RemembersUntilRemoved) {
  const PushState state(folder, target(), "d1", files());
  EXPECT_EQ(state.load(), std::nullopt);
  const PushMemory memory{.idempotency_key = "k1", .batch = "b1", .part_bytes = 7};
  state.save(memory);
  EXPECT_EQ(state.load(), memory);
  EXPECT_EQ(PushState(folder, target(), "d1", files()).load(), memory);
  state.remove();
  EXPECT_EQ(state.load(), std::nullopt);
  std::filesystem::remove_all(folder);
}

TEST(PushState, AnotherTargetOrAChangedFileIsAnotherPush) {
  PushState(folder, target(), "d1", files()).save({.idempotency_key = "k1", .batch = "b1", .part_bytes = 7});
  EXPECT_EQ(PushState(folder, target(), "d2", files()).load(), std::nullopt);
  Target other = target();
  other.url = "http://b";
  EXPECT_EQ(PushState(folder, other, "d1", files()).load(), std::nullopt);
  auto changed = files();
  changed[0].modified_ns = 6;
  EXPECT_EQ(PushState(folder, target(), "d1", changed).load(), std::nullopt);
  std::filesystem::remove_all(folder);
}

TEST(PushState, NeverStandsInTheWay) {
  const PushState nowhere("/proc/no/such/folder", target(), "d1", files());
  nowhere.save({.idempotency_key = "k1", .batch = "b1", .part_bytes = 7});
  EXPECT_EQ(nowhere.load(), std::nullopt);
  PushState({}, target(), "d1", files()).remove();
}

}  // namespace
}  // namespace lakegate::cli
