#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tools.h"

namespace lakegate::bench {

Options::Options(std::span<char*> words) {
  for (size_t i = 0; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    if (!name.starts_with("--") || i + 1 == words.size()) throw std::runtime_error(fmt::format("{} VALUE?", name));
    given_.emplace_back(name.substr(2), words[i + 1]);
  }
}

std::string Options::text_or(std::string_view name, std::string otherwise) const {
  for (const auto& [given, value] : given_) {
    if (given == name) return value;
  }
  return otherwise;
}

std::string Options::text(std::string_view name) const {
  std::string value = text_or(name, "");
  if (value.empty()) throw std::runtime_error(fmt::format("--{} is missing", name));
  return value;
}

int64_t Options::number(std::string_view name) const {
  const std::string value = text(name);
  int64_t number = 0;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  if (read.ec != std::errc{} || read.ptr != value.data() + value.size())
    throw std::runtime_error(fmt::format("--{} {}: a number is expected", name, value));
  return number;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string json_array(std::span<const int64_t> values) { return fmt::format("[{}]", fmt::join(values, ",")); }

std::string json_text(std::string_view text) {
  std::string made = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') made += '\\';
    made += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return made + "\"";
}

namespace {

int run(std::string_view tool, const Options& options) {
  if (tool == "load") return run_load(options);
  if (tool == "batches") return run_batches(options);
  if (tool == "sink") return run_sink(options);
  if (tool == "floor") return run_floor(options);
  throw std::runtime_error("tools: load, batches, sink, floor");
}

}  // namespace
}  // namespace lakegate::bench

int main(int argc, char** argv) {
  try {
    const std::span<char*> words(argv, static_cast<size_t>(argc));
    return lakegate::bench::run(argc > 1 ? argv[1] : "", lakegate::bench::Options(words.subspan(argc > 1 ? 2 : 1)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lakegate-bench: %s\n", error.what());
    return 1;
  }
}
