// MultipartBody: the file in a multipart/form-data body, as if it had been sent alone.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/body_stream.h"
#include "upload/multipart_decoder.h"

namespace lakegate::upload {

// On the thread of the body around it, which it reads to its end. Errors are those of that body and of
// MultipartDecoder; they end both. `received` and `limit_to` count the file's bytes.
class MultipartBody final : public http::BodyStream {
 public:
  MultipartBody(http::BodyStream& envelope, std::string_view boundary) : envelope_(envelope), decoder_(boundary) {}

  std::optional<int64_t> length() const override { return std::nullopt; }
  int64_t received() const override { return received_; }
  void limit_to(int64_t bytes_max, Error over) override;
  bool splices() const override { return false; }
  http::asio::awaitable<Result<size_t>> read(std::span<std::byte> buffer) override;
  // `internal`: not offered.
  http::asio::awaitable<Result<int64_t>> splice_to(int file, int64_t offset, int64_t bytes_max) override;
  void cancel(Error reason) override { envelope_.cancel(std::move(reason)); }

 private:
  http::asio::awaitable<Status> fill();

  http::BodyStream& envelope_;
  MultipartDecoder decoder_;
  std::vector<std::byte> buffer_;
  std::span<const std::byte> input_;  // in buffer_
  bool ended_ = false;
  int64_t received_ = 0;
  int64_t limit_ = INT64_MAX;
  Error over_limit_;
};

// The body of which a file is made: `body` itself, or what is in its envelope.
class OpenedBody {
 public:
  // `boundary` as BodyTerms has it.
  OpenedBody(http::BodyStream& body, std::string_view boundary) : body_(body) {
    if (!boundary.empty()) opened_.emplace(body, boundary);
  }
  http::BodyStream& get() { return opened_ ? *opened_ : body_; }

 private:
  http::BodyStream& body_;
  std::optional<MultipartBody> opened_;
};

}  // namespace lakegate::upload
