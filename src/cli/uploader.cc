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

struct FileState {
  bool in_parts = false;
  bool there = false;  // the server has all of it
  int64_t held = 0;    // contiguous bytes from the beginning that it has
  std::atomic<int64_t> pieces_left{0};
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

// "bytes=0-N": N + 1 bytes are held.
int64_t held_bytes(const HttpAnswer& head) {
  const auto header = head.headers.find("range");
  if (header == head.headers.end()) return 0;
  const std::string& text = header->second;
  const size_t dash = text.rfind('-');
  int64_t last = -1;
  if (dash != std::string::npos) std::from_chars(text.data() + dash + 1, text.data() + text.size(), last);
  return last + 1;
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
  Result<std::optional<int64_t>> ask(ApiClient& api, size_t file) {
    const auto head = api.send({.method = "HEAD", .path = address(file)});
    if (head) return held_bytes(*head);
    if (head.error().kind() == ErrorKind::not_found) return std::nullopt;
    return std::unexpected(head.error());
  }

  Status prepare(ApiClient& api, size_t file) {
    FileState& state = states[file];
    state.in_parts = files[file].bytes > options.part_bytes;
    std::optional<int64_t> held;
    if (options.resumed) {
      LG_ASSIGN(held, ask(api, file));
    }
    state.held = std::min(held.value_or(0), files[file].bytes);
    if (state.in_parts) {
      if (!held) LG_TRY(api.send({.method = "POST", .path = address(file) + "?action=INITIALIZE"}));
    } else {
      state.there = held.has_value() && state.held == files[file].bytes;
    }
    return {};
  }

  void cut(size_t file) {
    FileState& state = states[file];
    const int64_t bytes = files[file].bytes;
    if (!state.in_parts) {
      if (!state.there) pieces.push_back({.file = file, .offset = 0, .length = bytes});
      state.pieces_left = state.there ? 0 : 1;
      return;
    }
    for (int64_t offset = 0; offset < bytes; offset += options.part_bytes) {
      const int64_t length = std::min(options.part_bytes, bytes - offset);
      if (offset + length <= state.held) continue;
      pieces.push_back({.file = file, .offset = offset, .length = length});
      ++state.pieces_left;
    }
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
    ApiClient api(holder);
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
  ApiClient api(work.holder);
  for (size_t file = 0; file < work.files.size(); ++file) {
    LG_TRY(work.prepare(api, file));
    work.cut(file);
    work.progress.add(file, work.states[file].there      ? work.files[file].bytes
                            : work.states[file].in_parts ? work.states[file].held
                                                         : 0);
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
