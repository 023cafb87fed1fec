#include "columnar/sample_files.h"

#include <arrow/io/memory.h>
#include <parquet/column_writer.h>
#include <parquet/exception.h>
#include <parquet/file_writer.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include <array>
#include <memory>

namespace lakegate::columnar {
namespace {

using parquet::Encoding;
using parquet::LogicalType;
using parquet::Type;
using parquet::schema::PrimitiveNode;

constexpr int rows = 40;

std::shared_ptr<parquet::schema::GroupNode> schema() {
  constexpr auto optional = parquet::Repetition::OPTIONAL;
  const parquet::schema::NodeVector fields = {
      PrimitiveNode::Make("b", optional, Type::BOOLEAN),
      PrimitiveNode::Make("i", optional, Type::INT32),
      PrimitiveNode::Make("l", optional, Type::INT64),
      PrimitiveNode::Make("f", optional, Type::FLOAT),
      PrimitiveNode::Make("d", optional, Type::DOUBLE),
      PrimitiveNode::Make("s", optional, LogicalType::String(), Type::BYTE_ARRAY),
      PrimitiveNode::Make("t", optional, LogicalType::Timestamp(true, LogicalType::TimeUnit::MILLIS), Type::INT64)};
  return std::static_pointer_cast<parquet::schema::GroupNode>(
      parquet::schema::GroupNode::Make("schema", parquet::Repetition::REQUIRED, fields));
}

template <class DType>
void write_column(parquet::RowGroupWriter& group, const std::array<typename DType::c_type, 4>& values) {
  auto& writer = static_cast<parquet::TypedColumnWriter<DType>&>(*group.NextColumn());
  for (int row = 0; row < rows; ++row) {
    const int16_t level = row % 5 == 0 ? 0 : 1;
    writer.WriteBatch(1, &level, nullptr, &values[static_cast<size_t>(row) % values.size()]);
  }
}

std::string write(const std::shared_ptr<parquet::WriterProperties>& properties) {
  PARQUET_ASSIGN_OR_THROW(const auto sink, arrow::io::BufferOutputStream::Create());
  const auto file = parquet::ParquetFileWriter::Open(sink, schema(), properties);
  parquet::RowGroupWriter& group = *file->AppendRowGroup();
  const std::array<std::string, 4> texts = {"a", "bc", "", "düß"};
  std::array<parquet::ByteArray, 4> views;
  for (size_t i = 0; i < texts.size(); ++i) views[i] = parquet::ByteArray(texts[i]);
  write_column<parquet::BooleanType>(group, {true, false, true, true});
  write_column<parquet::Int32Type>(group, {1, -2, 3, 1 << 30});
  write_column<parquet::Int64Type>(group, {1, -2, 3, int64_t{1} << 50});
  write_column<parquet::FloatType>(group, {1, -2.5F, 3, 4});
  write_column<parquet::DoubleType>(group, {1, -2.5, 3, 4});
  write_column<parquet::ByteArrayType>(group, views);
  write_column<parquet::Int64Type>(group, {0, 1, 1'600'000'000'000, -1});
  file->Close();
  PARQUET_ASSIGN_OR_THROW(const auto buffer, sink->Finish());
  return buffer->ToString();
}

}  // namespace

std::vector<std::string> sample_files() {
  std::vector<std::string> files;
  for (const auto codec : {arrow::Compression::UNCOMPRESSED, arrow::Compression::SNAPPY, arrow::Compression::GZIP,
                           arrow::Compression::ZSTD, arrow::Compression::BROTLI, arrow::Compression::LZ4}) {
    files.push_back(write(parquet::WriterProperties::Builder().compression(codec)->enable_page_checksum()->build()));
  }
  parquet::WriterProperties::Builder builder;
  builder.disable_dictionary()->data_page_version(parquet::ParquetDataPageVersion::V2);
  files.push_back(write(builder.build()));
  builder.encoding("b", Encoding::RLE)
      ->encoding("i", Encoding::DELTA_BINARY_PACKED)
      ->encoding("l", Encoding::DELTA_BINARY_PACKED);
  builder.encoding("f", Encoding::BYTE_STREAM_SPLIT)->encoding("d", Encoding::BYTE_STREAM_SPLIT);
  builder.encoding("t", Encoding::BYTE_STREAM_SPLIT)->encoding("s", Encoding::DELTA_BYTE_ARRAY);
  files.push_back(write(builder.build()));
  files.push_back(write(builder.encoding("s", Encoding::DELTA_LENGTH_BYTE_ARRAY)->build()));
  return files;
}

}  // namespace lakegate::columnar
