// floor: the least that keeping small batches costs, without HTTP, without looking at a value, without recovery. Each
// client makes batch after batch; all go into one table. A batch is
//
//   1. a commit (floor_ledger.h): the batch exists                              the answer to create
//   2. a new file: its bytes, fdatasync, fsync of its folder
//   3. a commit: the file is named                                              the answer to PUT
//   4. its tail (what makes it a file of the table) appended, fdatasync
//   5. a commit: judged, loaded, staging, staged                                the answer to COMPLETE
//   6. a round, of all batches that wait for one: manifest and manifest list as new files, fdatasync of each, fsync of
//      their folder, a commit that makes the batches active
//
// with files of Lakegate's sizes: tail 4,083 bytes; manifest 5,833 + 31 a file; list 2,400. That is four commits a
// batch, since four facts are answered for, and six syncs of files and folders, as many as there are durable files and
// new entries. Clients share what they can: commits of the same moment are one, and so are rounds (leader.h); one round
// is made at a time, as a table has one current snapshot. Not in it: anything that only Lakegate's design asks for, as
// rows for objects that are being written, a metadata file, or merging of manifests.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "connection.h"
#include "floor_ledger.h"
#include "tools.h"

namespace lakegate::bench {
namespace {

constexpr size_t tail_bytes = 4'083;
constexpr size_t manifest_bytes = 5'833;
constexpr size_t manifest_entry_bytes = 31;
constexpr size_t list_bytes = 2'400;

void check(bool fine, std::string_view what) {
  if (!fine) throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    check(descriptor_ >= 0, path_);
  }
  ~Folder() { ::close(descriptor_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  // A new file whose bytes are durable, its entry not yet. Returns its descriptor.
  [[nodiscard]] int create(const std::string& name, std::string_view bytes) const {
    const int file = ::openat(descriptor_, name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    check(file >= 0, name);
    append(file, bytes);
    return file;
  }

  static void append(int file, std::string_view bytes) {
    check(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "write");
    check(::fdatasync(file) == 0, "fdatasync");
  }

  void keep_entries() const { check(::fsync(descriptor_) == 0, "fsync"); }

 private:
  const std::string path_;
  int descriptor_ = -1;
};

class Floor {
 public:
  Floor(const std::string& folder, std::string bytes)
      : bytes_(std::move(bytes)),
        data_(folder + "/data"),
        metadata_(folder + "/metadata"),
        ledger_(folder),
        rounds_([this](std::span<int64_t* const> batches) { make_round(batches); }) {}

  void live(int64_t batch) {
    ledger_.create(batch);
    const int file = data_.create(fmt::format("{:026}.parquet", batch), bytes_);
    data_.keep_entries();
    ledger_.name_file(batch);
    Folder::append(file, std::string_view(filler_).substr(0, tail_bytes));
    ::close(file);
    ledger_.complete(batch);
    rounds_.join(batch);
  }

  [[nodiscard]] int64_t round_count() const { return round_; }

 private:
  // By one thread at a time.
  void make_round(std::span<int64_t* const> batches) {
    ++round_;
    const std::string manifest(manifest_bytes + manifest_entry_bytes * batches.size(), 'm');
    ::close(metadata_.create(fmt::format("{:036}-m0.avro", round_), manifest));
    ::close(metadata_.create(fmt::format("snap-{:050}.avro", round_), std::string_view(filler_).substr(0, list_bytes)));
    metadata_.keep_entries();
    ledger_.publish(round_, batches);
  }

  const std::string bytes_;
  const std::string filler_ = std::string(tail_bytes, 't');
  const Folder data_;
  const Folder metadata_;
  FloorLedger ledger_;
  int64_t round_ = 0;
  Leader<int64_t> rounds_;
};

}  // namespace

int run_floor(const Options& options) {
  Floor floor(options.text("folder"), read_file(options.text("file")));
  const int64_t batches = options.number("batches");
  std::atomic<int64_t> next = 0;
  std::vector<std::vector<int64_t>> latencies(static_cast<size_t>(options.number("clients")));
  const int64_t began = now_ns();
  {
    std::vector<std::jthread> threads;
    for (std::vector<int64_t>& own : latencies) {
      threads.emplace_back([&] {
        for (int64_t number = ++next; number <= batches; number = ++next) {
          const int64_t start = now_ns();
          floor.live(number);
          own.push_back((now_ns() - start) / 1000);
        }
      });
    }
  }
  const double seconds = static_cast<double>(now_ns() - began) * 1e-9;
  std::vector<int64_t> all;
  for (const std::vector<int64_t>& own : latencies) all.insert(all.end(), own.begin(), own.end());
  fmt::print("{{\"seconds\":{:.6f},\"cpu_seconds\":{:.6f},\"rounds\":{},\"total_us\":{}}}\n", seconds, cpu_seconds(),
             floor.round_count(), json_array(all));
  return 0;
}

}  // namespace lakegate::bench
