// The tools of lakegate-bench, one source each. All print one JSON object on standard output.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lakegate::bench {

// Options of a tool: `--name value`, each once.
class Options {
 public:
  explicit Options(std::span<char*> words);
  std::string text(std::string_view name) const;  // throws when it was not given
  std::string text_or(std::string_view name, std::string otherwise) const;
  int64_t number(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> given_;
};

// --url --headers FILE --plan FILE: sends the plan's requests, those of each client one after the other.
int run_load(const Options& options);
// --url --headers FILE --dataset ID --file F --clients N --batches M: whole lives of batches, from create to active.
int run_batches(const Options& options);
// --folder D [--keep yes|no]: takes uploads as Lakegate must (fdatasync before the answer) and does nothing else.
int run_sink(const Options& options);
// --folder D --file F --clients N --batches M: the same lives without a server, the least that keeping them costs.
int run_floor(const Options& options);

std::string read_file(const std::string& path);
double cpu_seconds();  // of this process so far
// Microseconds as a JSON array.
std::string json_array(std::span<const int64_t> values);
std::string json_text(std::string_view text);

}  // namespace lakegate::bench
