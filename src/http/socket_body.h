// SocketBody: the body of the request at hand, straight from its connection.
#pragma once

#include <optional>
#include <vector>

#include "http/body_stream.h"
#include "http/chunked_decoder.h"
#include "http/connection.h"
#include "http/progress_meter.h"
#include "http/read_buffer.h"
#include "http/request_head.h"
#include "http/settings.h"
#include "http/worker_pool.h"

namespace lakegate::http {

class SocketBody final : public BodyStream {
 public:
  // `buffer` holds what came in behind the head; what follows the body stays in it. References outlive this.
  SocketBody(Connection& connection, ReadBuffer& buffer, WorkerPool& pool, const Settings& settings,
             const Request& request, const Framing& framing);

  std::optional<int64_t> length() const override { return length_; }
  int64_t received() const override { return received_; }
  void limit_to(int64_t bytes_max, Error over) override;
  asio::awaitable<Result<size_t>> read(std::span<std::byte> buffer) override;
  asio::awaitable<Result<int64_t>> splice_to(int file, int64_t offset, int64_t bytes_max) override;
  void cancel(Error reason) override;

  // The body was handed out to its end.
  bool ended() const;
  // The connection can serve another request once the rest, `bytes_max` at most, was read away.
  bool worth_finishing(int64_t bytes_max) const;
  // Reads that rest away: whether it came.
  asio::awaitable<bool> finish();

 private:
  asio::awaitable<Status> begin();
  asio::awaitable<Result<size_t>> read_plain(std::span<std::byte> buffer);
  asio::awaitable<Result<size_t>> read_chunked(std::span<std::byte> buffer);
  asio::awaitable<Result<int64_t>> splice_socket(int file, int64_t offset, int64_t bytes_max);
  asio::awaitable<Result<int64_t>> copy_to(int file, int64_t offset, int64_t bytes_max);
  asio::awaitable<Result<size_t>> gather(std::vector<std::byte>& buffer, int64_t bytes_max);
  asio::awaitable<Transfer> receive(asio::mutable_buffer room);
  asio::awaitable<Status> wait_for_bytes();

  Status check_limit() const;
  // Remembers why the body ended early.
  std::unexpected<Error> break_off(Error error);
  std::unexpected<Error> break_off(const error_code& error);
  std::unexpected<Error> disk_failed(int error);

  Connection& connection_;
  ReadBuffer& buffer_;
  WorkerPool& pool_;

  const std::optional<int64_t> length_;
  std::optional<ChunkedDecoder> chunks_;  // of a chunked body
  bool continue_is_due_;
  int64_t limit_;
  Error over_limit_;
  int64_t received_ = 0;
  std::optional<Error> cancelled_;  // from outside; becomes broken_ at the next chance
  std::optional<Error> broken_;
  ProgressMeter meter_;
};

}  // namespace lakegate::http
