#include "columnar/parquet_test_support.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/util/compression.h>
#include <fmt/core.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/printer.h>
#include <parquet/schema.h>
#include <sys/mman.h>

#include <cctype>
#include <cstdlib>
#include <map>
#include <sstream>
#include <utility>

namespace lakegate::columnar::testing {
namespace {

[[noreturn]] void stop(const std::string& why) {
  fmt::print(stderr, "parquet_test_support: {}\n", why);
  std::abort();
}

template <class T>
T checked(arrow::Result<T> result) {
  if (!result.ok()) stop(result.status().ToString());
  return std::move(result).ValueUnsafe();
}

void checked(const arrow::Status& status) {
  if (!status.ok()) stop(status.ToString());
}

class SchemaText {
 public:
  explicit SchemaText(std::string_view text) : rest_(text) {}

  arrow::FieldVector fields() {
    arrow::FieldVector made;
    do {
      const std::string name = word();
      expect(':');
      auto of = type();
      made.push_back(arrow::field(name, std::move(of), !take("required")));
    } while (take(","));
    return made;
  }

 private:
  void blanks() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  void expect(char token) {
    if (!take({&token, 1})) stop(fmt::format("expected '{}' before \"{}\"", token, rest_));
  }
  std::string word() {
    blanks();
    const size_t end = rest_.find_first_of(" :<>,");
    const std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::shared_ptr<arrow::DataType> type() {
    using arrow::TimeUnit;
    static const std::map<std::string, std::shared_ptr<arrow::DataType>> plain = {
        {"bool", arrow::boolean()},
        {"int8", arrow::int8()},
        {"int16", arrow::int16()},
        {"int32", arrow::int32()},
        {"int64", arrow::int64()},
        {"uint8", arrow::uint8()},
        {"uint16", arrow::uint16()},
        {"uint32", arrow::uint32()},
        {"uint64", arrow::uint64()},
        {"float", arrow::float32()},
        {"double", arrow::float64()},
        {"string", arrow::utf8()},
        {"binary", arrow::binary()},
        {"date", arrow::date32()},
        {"null", arrow::null()},
        {"time", arrow::time32(TimeUnit::MILLI)},
        {"decimal", arrow::decimal128(10, 2)},
        {"timestamp_s", arrow::timestamp(TimeUnit::SECOND, "UTC")},
        {"timestamp_ms", arrow::timestamp(TimeUnit::MILLI, "UTC")},
        {"timestamp_us", arrow::timestamp(TimeUnit::MICRO, "UTC")},
        {"timestamp_ns", arrow::timestamp(TimeUnit::NANO, "UTC")},
        {"timestamp_ms_local", arrow::timestamp(TimeUnit::MILLI)},
        {"fixed", arrow::fixed_size_binary(4)}};
    const std::string name = word();
    if (const auto found = plain.find(name); found != plain.end()) return found->second;
    expect('<');
    std::shared_ptr<arrow::DataType> made;
    if (name == "struct") {
      made = arrow::struct_(fields());
    } else if (name == "list") {
      auto element = type();
      made = arrow::list(arrow::field("element", std::move(element), !take("required")));
    } else if (name == "map") {
      auto key = type();
      expect(',');
      made = arrow::map(std::move(key), type());
    } else {
      stop("unknown type " + name);
    }
    expect('>');
    return made;
  }

  std::string_view rest_;
};

std::shared_ptr<parquet::WriterProperties> properties(const WriteOptions& options) {
  static const std::map<std::string, arrow::Compression::type> codecs = {
      {"none", arrow::Compression::UNCOMPRESSED}, {"snappy", arrow::Compression::SNAPPY},
      {"gzip", arrow::Compression::GZIP},         {"zstd", arrow::Compression::ZSTD},
      {"brotli", arrow::Compression::BROTLI},     {"lz4_raw", arrow::Compression::LZ4}};
  static const std::map<std::string, parquet::Encoding::type> encodings = {
      {"PLAIN", parquet::Encoding::PLAIN},
      {"RLE", parquet::Encoding::RLE},
      {"DELTA_BINARY_PACKED", parquet::Encoding::DELTA_BINARY_PACKED},
      {"DELTA_LENGTH_BYTE_ARRAY", parquet::Encoding::DELTA_LENGTH_BYTE_ARRAY},
      {"DELTA_BYTE_ARRAY", parquet::Encoding::DELTA_BYTE_ARRAY},
      {"BYTE_STREAM_SPLIT", parquet::Encoding::BYTE_STREAM_SPLIT}};
  parquet::WriterProperties::Builder builder;
  builder.compression(codecs.at(options.codec));
  for (const auto& [path, codec] : options.column_codecs) builder.compression(path, codecs.at(codec));
  options.dictionary ? builder.enable_dictionary() : builder.disable_dictionary();
  if (!options.encoding.empty()) builder.encoding(encodings.at(options.encoding));
  options.statistics ? builder.enable_statistics() : builder.disable_statistics();
  if (options.pages_v2) builder.data_page_version(parquet::ParquetDataPageVersion::V2);
  if (options.checksums) builder.enable_page_checksum();
  options.page_index ? builder.enable_write_page_index() : builder.disable_write_page_index();
  builder.max_row_group_length(options.row_group_rows)->data_pagesize(options.page_bytes)->write_batch_size(16);
  return builder.build();
}

std::shared_ptr<arrow::io::BufferReader> input(std::string_view bytes) {
  return std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::string(bytes)));
}

}  // namespace

std::string write_parquet(std::string_view schema, std::string_view rows, const WriteOptions& options) {
  const arrow::FieldVector fields = SchemaText(schema).fields();
  const auto array = checked(arrow::json::ArrayFromJSONString(arrow::struct_(fields), rows));
  const auto batch = checked(arrow::RecordBatch::FromStructArray(array));
  const auto table = checked(arrow::Table::FromRecordBatches(arrow::schema(fields), {batch}));
  parquet::ArrowWriterProperties::Builder arrow_properties;
  if (options.arrow_schema) arrow_properties.store_schema();
  if (!options.element_names) arrow_properties.disable_compliant_nested_types();
  const auto sink = checked(arrow::io::BufferOutputStream::Create());
  checked(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, options.row_group_rows,
                                     properties(options), arrow_properties.build()));
  return checked(sink->Finish())->ToString();
}

std::string read_parquet(std::string_view bytes) {
  auto opened = parquet::arrow::OpenFile(input(bytes), arrow::default_memory_pool());
  if (!opened.ok()) return "error: " + opened.status().ToString();
  const auto reader = std::move(opened).ValueUnsafe();
  const auto table = reader->ReadTable();
  if (!table.ok()) return "error: " + table.status().ToString();
  const arrow::Status valid = (*table)->ValidateFull();
  if (!valid.ok()) return "error: " + valid.ToString();
  std::string text;
  for (int i = 0; i < (*table)->num_columns(); ++i) {
    const auto combined = checked((*table)->CombineChunks());
    for (const auto& chunk : combined->column(i)->chunks()) {
      text += fmt::format("{}: {}\n", combined->schema()->field(i)->ToString(), chunk->ToString());
    }
  }
  return text;
}

std::string show_schema(std::string_view bytes) {
  const auto reader = parquet::ParquetFileReader::Open(input(bytes));
  std::stringstream text;
  parquet::schema::PrintSchema(reader->metadata()->schema()->schema_root().get(), text);
  return text.str();
}

std::string show_codecs(std::string_view bytes) {
  const auto metadata = parquet::ParquetFileReader::Open(input(bytes))->metadata();
  std::string text;
  for (int group = 0; group < metadata->num_row_groups(); ++group) {
    if (group > 0) text += " /";
    for (int leaf = 0; leaf < metadata->num_columns(); ++leaf) {
      if (!text.empty()) text += ' ';
      text += arrow::util::Codec::GetCodecAsString(metadata->RowGroup(group)->ColumnChunk(leaf)->compression());
    }
  }
  return text;
}

FileDescriptor memory_file(std::string_view bytes) {
  FileDescriptor file(::memfd_create("test", MFD_CLOEXEC));
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(file.get(), bytes.data() + written, bytes.size() - written);
    if (count <= 0) stop("write to a memory file failed");
    written += static_cast<size_t>(count);
  }
  return file;
}

}  // namespace lakegate::columnar::testing
