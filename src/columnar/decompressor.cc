#include "columnar/decompressor.h"

#include <arrow/util/compression.h>
#include <arrow/util/crc32.h>

#include <cassert>
#include <cstring>
#include <new>
#include <stdexcept>

namespace lakegate::columnar {
namespace {

arrow::Compression::type arrow_codec(Codec codec) {
  switch (codec) {
    case Codec::snappy: return arrow::Compression::SNAPPY;
    case Codec::gzip: return arrow::Compression::GZIP;
    case Codec::brotli: return arrow::Compression::BROTLI;
    case Codec::zstd: return arrow::Compression::ZSTD;
    case Codec::lz4_raw: return arrow::Compression::LZ4;
    case Codec::none:
    case Codec::lzo:
    case Codec::lz4: break;
  }
  return arrow::Compression::UNCOMPRESSED;
}

const uint8_t* unsigned_bytes(std::span<const char> bytes) { return reinterpret_cast<const uint8_t*>(bytes.data()); }

}  // namespace

struct Decompressor::Codecs {
  std::unique_ptr<arrow::util::Codec> codec;
};

Decompressor::Decompressor(Codec codec) {
  const arrow::Compression::type type = arrow_codec(codec);
  assert(codec == Codec::none || type != arrow::Compression::UNCOMPRESSED);
  if (type == arrow::Compression::UNCOMPRESSED) return;
  auto made = arrow::util::Codec::Create(type);
  if (!made.ok()) throw std::runtime_error(made.status().message());
  codecs_ = std::make_unique<Codecs>(std::move(made).ValueUnsafe());
}

Decompressor::~Decompressor() = default;

bool Decompressor::decompress(std::span<const char> stored, std::span<char> into) {
  if (codecs_ == nullptr) {
    if (stored.size() != into.size()) return false;
    std::memcpy(into.data(), stored.data(), stored.size());
    return true;
  }
  const auto done =
      codecs_->codec->Decompress(static_cast<int64_t>(stored.size()), unsigned_bytes(stored),
                                 static_cast<int64_t>(into.size()), reinterpret_cast<uint8_t*>(into.data()));
  if (done.status().IsOutOfMemory()) throw std::bad_alloc();
  return done.ok() && *done == static_cast<int64_t>(into.size());
}

void Decompressor::compress(std::span<const char> body, std::string& out) {
  if (codecs_ == nullptr) {
    out.append(body.data(), body.size());
    return;
  }
  const auto size = static_cast<int64_t>(body.size());
  const int64_t room = codecs_->codec->MaxCompressedLen(size, unsigned_bytes(body));
  const size_t before = out.size();
  out.resize(before + static_cast<size_t>(room));
  const auto done =
      codecs_->codec->Compress(size, unsigned_bytes(body), room, reinterpret_cast<uint8_t*>(out.data() + before));
  if (!done.ok()) throw std::runtime_error(done.status().message());
  out.resize(before + static_cast<size_t>(*done));
}

uint32_t page_checksum(std::span<const char> stored) { return arrow::internal::crc32(0, stored.data(), stored.size()); }

}  // namespace lakegate::columnar
