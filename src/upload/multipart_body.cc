#include "upload/multipart_body.h"

#include <utility>

#include "base/error_codes.h"

namespace lakegate::upload {
namespace {

namespace asio = http::asio;

constexpr size_t buffer_bytes = 16 * 1024;
constexpr int64_t envelope_bytes_max = 64 * 1024;  // delimiters, headers and small fields

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void MultipartBody::limit_to(int64_t bytes_max, Error over) {
  limit_ = bytes_max;
  envelope_.limit_to(bytes_max + envelope_bytes_max, over);
  over_limit_ = std::move(over);
}

asio::awaitable<Status> MultipartBody::fill() {
  buffer_.resize(buffer_bytes);
  LG_CO_ASSIGN(const size_t count, co_await envelope_.read(buffer_));
  ended_ = count == 0;
  input_ = std::span(buffer_).first(count);
  co_return Status();
}

asio::awaitable<Result<size_t>> MultipartBody::read(std::span<std::byte> buffer) {
  while (true) {
    LG_CO_ASSIGN(const MultipartDecoder::Step step, decoder_.decode(text_of(input_), buffer));
    input_ = input_.subspan(step.consumed);
    received_ += static_cast<int64_t>(step.produced);
    if (received_ > limit_) co_return std::unexpected(over_limit_);
    if (step.produced > 0) co_return step.produced;
    if (ended_) break;
    LG_CO_TRY(co_await fill());
  }
  LG_CO_TRY(decoder_.check_end());
  co_return size_t{0};
}

asio::awaitable<Result<int64_t>> MultipartBody::splice_to(int, int64_t, int64_t) {
  co_return fail(codes::internal, "A file in an envelope cannot be spliced.");
}

}  // namespace lakegate::upload
