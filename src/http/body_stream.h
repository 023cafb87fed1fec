// BodyStream: the body of the request at hand, pulled by a StreamHandler as fast as it can store it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"

namespace lakegate::http {

namespace asio = boost::asio;

// Lives on the network thread of its connection; one call at a time. `100 Continue` goes out at the first read,
// so refuse before it what can be refused. Not reading at all, or not to the end, is fine.
//
// Errors of both reads, which end the body: `body_stalled` (the client sends less than the settings ask for),
// `connection_closed` (it left before the end), `malformed_request` (broken chunked coding), and the one given to
// limit_to. Later reads repeat the error.
class BodyStream {
 public:
  virtual ~BodyStream() = default;

  // The announced length; none for chunked bodies. 0 when there is no body.
  virtual std::optional<int64_t> length() const = 0;
  // Bytes handed out so far.
  virtual int64_t received() const = 0;

  // Both reads fail with `over` instead of handing out more than `bytes_max` in total; at once if the announced
  // length is more. Before any call: Settings::streamed_body_bytes_max and `body_too_large`.
  virtual void limit_to(int64_t bytes_max, Error over) = 0;

  // Waits for some bytes, at most buffer.size(); 0 = the body has ended. `buffer` must not be empty.
  virtual asio::awaitable<Result<size_t>> read(std::span<std::byte> buffer) = 0;

  // Whether splice_to is offered; else the bytes are to be had by read alone.
  virtual bool splices() const { return true; }

  // Moves up to bytes_max body bytes into `file` from `offset` on, on pool threads; not durable until the caller
  // syncs. Gives their number, less than bytes_max only if the body has ended. After an error some bytes may
  // have been written: received() tells how many are there in order. `file` stays open until this returns.
  // A failing disk is `no_space` or `internal`.
  virtual asio::awaitable<Result<int64_t>> splice_to(int file, int64_t offset, int64_t bytes_max) = 0;

  // Ends the body from outside: the read that is waiting for the client, or the next one, fails with `reason`. What
  // is being written to the file is written first. On the handler's executor only: others post to it, and see to it
  // that the handler has not returned meanwhile.
  virtual void cancel(Error reason) = 0;
};

}  // namespace lakegate::http
