#include "ledger/ledger.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/clock.h"
#include "base/error_codes.h"
#include "base/file_descriptor.h"
#include "base/log.h"
#include "ledger/checkpointer.h"
#include "ledger/migrations.h"
#include "ledger/reader_pool.h"
#include "ledger/writer.h"

namespace lakegate {
namespace {

using ledger::Connection;

// SQLite makes its files' entries durable when it first syncs them; the folder's sync here does not depend on that.
Status sync_folder_of(const std::filesystem::path& file) {
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (descriptor && ::fsync(descriptor.get()) == 0) return {};
  return fail(codes::internal, "Cannot make the folder {} durable: {}", folder.string(),
              std::generic_category().message(errno));
}

// SQLite writes into the room from the file's beginning on, again after each checkpoint. Where that cannot be had the
// ledger works as well, as long as there is room.
void keep_room_for_log(const std::filesystem::path& file) {
  const FileDescriptor log(::open((file.string() + "-wal").c_str(), O_RDWR | O_CLOEXEC));
  if (log && ::fallocate(log.get(), FALLOC_FL_KEEP_SIZE, 0, ledger::log_file_bytes) == 0) return;
  log::warning("No room could be kept for the ledger's log", {{"cause", std::generic_category().message(errno)}});
}

}  // namespace

// In this order: the writer's last commits still tell the checkpointer.
struct Ledger::State {
  std::mutex gate;
  ledger::StopSwitch stop;
  ledger::ReaderPool readers;
  std::unique_ptr<ledger::Checkpointer> checkpointer;
  std::unique_ptr<ledger::Writer> writer;

  State(const std::filesystem::path& file, const LedgerOptions& options)
      : stop(options.on_fatal), readers(file, options) {}
};

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file, const LedgerOptions& options) {
  LG_ASSIGN(std::unique_ptr<Connection> writing, Connection::open(file, Connection::Access::write));
  if (const Status migrated = ledger::migrate(*writing, SystemClock().now_ms()); !migrated) {
    return fail(*migrated.error().code, "Cannot open the ledger {}. {}", file.string(), migrated.error().message);
  }
  keep_room_for_log(file);
  LG_TRY(sync_folder_of(file));
  LG_ASSIGN(std::unique_ptr<Connection> copying, Connection::open(file, Connection::Access::checkpoint));

  auto state = std::make_unique<State>(file, options);
  state->checkpointer = std::make_unique<ledger::Checkpointer>(std::move(copying), options, state->gate, state->stop);
  writing->on_log_growth(
      [checkpointer = state->checkpointer.get()](int64_t bytes) { checkpointer->log_grew_to(bytes); });
  state->writer = std::make_unique<ledger::Writer>(std::move(writing), options, state->gate, state->stop);
  return std::unique_ptr<Ledger>(new Ledger(std::move(state)));
}

Ledger::Ledger(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ledger::~Ledger() = default;

void Ledger::add_listener(Listener listener) { state_->writer->add_listener(std::move(listener)); }

Ledger::Counts Ledger::counts() const {
  return {.commits = state_->writer->commits(),
          .members = state_->writer->members(),
          .refused = state_->writer->refused(),
          .waiting = state_->writer->waiting(),
          .log_bytes = state_->checkpointer->log_bytes(),
          .commit_us = state_->writer->commit_us(),
          .group_sizes = state_->writer->group_sizes()};
}

Status Ledger::run_write(const WriteFunction& function) { return state_->writer->write(function); }

Status Ledger::run_read(const ReadFunction& function) { return state_->readers.read(function); }

}  // namespace lakegate
