#include "cli/uploader.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file_descriptor.h"
#include "cli/error_codes.h"

namespace lakegate::cli {
namespace {

// One request: a whole file or a part of one.
struct Piece {
  size_t file = 0;
  int64_t offset = 0;
  int64_t length = 0;
};

// Bytes [begin, end).
struct HeldRange {
  int64_t begin = 0;
  int64_t end = 0;
};

struct FileState {
  bool in_parts = false;
  std::vector<HeldRange> held;  // what the server has, in order
  std::atomic<int64_t> pieces_left{0};

  bool has(int64_t offset, int64_t length) const {
    return std::ranges::any_of(
        held, [&](const HeldRange& range) { return range.begin <= offset && offset + length <= range.end; });
  }
};

std::string encoded_path(const std::string& name) {
  std::string path;
  size_t begin = 0;
  for (;;) {
    const size_t slash = name.find('/', begin);
    path += percent_encode(name.substr(begin, slash - begin));
    if (slash == std::string::npos) return path;
    path += '/';
    begin = slash + 1;
  }
}

// "0-99, 200-299", the last bytes included. What cannot be read is sent again.
std::vector<HeldRange> read_ranges(std::string_view text) {
  std::vector<HeldRange> ranges;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    HeldRange range;
    const auto first = std::from_chars(at, end, range.begin);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') break;
    const auto last = std::from_chars(first.ptr + 1, end, range.end);
    if (last.ec != std::errc{}) break;
    ++range.end;
    ranges.push_back(range);
    at = std::find_if_not(last.ptr, end, [](char c) { return c == ',' || c == ' '; });
  }
  return ranges;
}

// All ranges where the server tells them, else what `Range: bytes=0-N` says.
std::vector<HeldRange> held_ranges(const HttpAnswer& head) {
  if (const auto all = head.headers.find("lakegate-held-ranges"); all != head.headers.end())
    return read_ranges(all->second);
  const auto range = head.headers.find("range");
  constexpr std::string_view unit = "bytes=";
  if (range == head.headers.end() || !range->second.starts_with(unit)) return {};
  return read_ranges(std::string_view(range->second).substr(unit.size()));
}

}  // namespace

struct Uploader::Work {
  Work(std::shared_ptr<TokenHolder> token_holder, const std::vector<PushFile>& all, UploadOptions wanted,
       Progress& shown)
      : holder(std::move(token_holder)), files(all), options(std::move(wanted)), progress(shown), states(all.size()) {}

  const std::shared_ptr<TokenHolder> holder;
  const std::vector<PushFile>& files;
  const UploadOptions options;
  Progress& progress;
  std::vector<FileState> states;
  std::vector<Piece> pieces;
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::optional<Error> first_error;  // guarded by mutex
  std::atomic<bool> stopped{false};

  std::string address(size_t file) const {
    return fmt::format("{}/batches/{}/datasets/{}/files/{}", import_root, options.batch, options.dataset,
                       encoded_path(files[file].name));
  }

  // What the server has of the file. Nothing: it does not know it.
  Result<std::optional<std::vector<HeldRange>>> ask(ApiClient& api, size_t file) {
    const auto head = api.send({.method = "HEAD", .path = address(file)});
    if (head) return held_ranges(*head);
    if (head.error().kind() == ErrorKind::not_found) return std::nullopt;
    return std::unexpected(head.error());
  }

  Status prepare(ApiClient& api, size_t file) {
    FileState& state = states[file];
    state.in_parts = files[file].bytes > options.part_bytes;
    std::optional<std::vector<HeldRange>> held;
    if (options.resumed) {
      LG_ASSIGN(held, ask(api, file));
    }
    if (state.in_parts && !held) LG_TRY(api.send({.method = "POST", .path = address(file) + "?action=INITIALIZE"}));
    const bool known = held.has_value();
    if (known) state.held = *std::move(held);
    cut(file, known);
    return {};
  }

  // Into pieces, without those that the server has. An empty file is there once the server knows it.
  void cut(size_t file, bool known) {
    FileState& state = states[file];
    const int64_t bytes = files[file].bytes;
    const int64_t piece_bytes = state.in_parts ? options.part_bytes : std::max<int64_t>(bytes, 1);
    int64_t there = 0;
    for (int64_t offset = 0; offset < std::max<int64_t>(bytes, 1); offset += piece_bytes) {
      const int64_t length = std::min(piece_bytes, bytes - offset);
      const bool has = length > 0 ? state.has(offset, length) : known;
      if (has) {
        there += length;
        continue;
      }
      pieces.push_back({.file = file, .offset = offset, .length = length});
      ++state.pieces_left;
    }
    progress.add(file, there);
  }

  Result<FileDescriptor> open(size_t file) const {
    const std::string& path = files[file].source;
    FileDescriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat facts{};
    if (!opened || ::fstat(opened.get(), &facts) != 0)
      return fail(codes::local_file, "Cannot read {}: {}.", path, std::strerror(errno));
    if (facts.st_size != files[file].bytes) {
      return fail(codes::local_file, "{} changed while it was sent: it had {} bytes and has {} now.", path,
                  files[file].bytes, facts.st_size);
    }
    return opened;
  }

  Status send(ApiClient& api, const Piece& piece) {
    LG_ASSIGN(const FileDescriptor opened, open(piece.file));
    ApiCall call{.method = "PUT", .path = address(piece.file), .headers = {"Content-Type: application/octet-stream"}};
    call.body = FileBytes{.file = opened.get(), .offset = piece.offset, .length = piece.length};
    if (states[piece.file].in_parts) {
      call.method = "PATCH";
      call.headers.push_back(fmt::format("Content-Range: bytes {}-{}/{}", piece.offset, piece.offset + piece.length - 1,
                                         files[piece.file].bytes));
    }
    int64_t shown = 0;
    call.on_sent = [&](int64_t sent) {
      progress.add(piece.file, sent - shown);
      shown = sent;
    };
    const auto answer = api.send(call);
    if (!answer) {
      Error error = answer.error();
      error.message = fmt::format("{}: {}", files[piece.file].name, error.message);
      return std::unexpected(std::move(error));
    }
    return {};
  }

  Status finish_file(ApiClient& api, size_t file) {
    if (states[file].in_parts) LG_TRY(api.send({.method = "POST", .path = address(file) + "?action=COMPLETE"}));
    progress.file_done(file);
    return {};
  }

  Status step(ApiClient& api, const Piece& piece) {
    LG_TRY(send(api, piece));
    if (--states[piece.file].pieces_left == 0) LG_TRY(finish_file(api, piece.file));
    return {};
  }

  void work() {
    ApiClient api(holder, options.patience);
    while (!stopped) {
      const size_t mine = next++;
      if (mine >= pieces.size()) return;
      const Status status = step(api, pieces[mine]);
      if (status) continue;
      stopped = true;
      const std::lock_guard lock(mutex);
      if (!first_error) first_error = status.error();
    }
  }
};

Uploader::Uploader(std::shared_ptr<TokenHolder> holder, const std::vector<PushFile>& files, UploadOptions options,
                   Progress& progress)
    : work_(std::make_unique<Work>(std::move(holder), files, std::move(options), progress)) {}

Uploader::~Uploader() = default;

Status Uploader::run() {
  Work& work = *work_;
  ApiClient api(work.holder, work.options.patience);
  for (size_t file = 0; file < work.files.size(); ++file) {
    LG_TRY(work.prepare(api, file));
    if (work.states[file].pieces_left == 0) LG_TRY(work.finish_file(api, file));
  }
  std::vector<std::jthread> threads;
  const size_t count = std::min<size_t>(static_cast<size_t>(work.options.parallel), work.pieces.size());
  for (size_t i = 0; i < count; ++i) threads.emplace_back([&work] { work.work(); });
  threads.clear();  // joins
  if (work.first_error) return std::unexpected(*work.first_error);
  return {};
}

}  // namespace lakegate::cli
