// The field ids of parquet.thrift, once for reading and writing. Private to format_codec.cc.
//
// `io(id, member)` is called for every field in ascending order. A plain member is a required field, an optional one
// may be absent. Io::Ref<T> is T& or const T&.
#pragma once

#include "columnar/parquet_format.h"

namespace lakegate::columnar {

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<Statistics> value) {
  io(1, value.max), io(2, value.min), io(3, value.null_count), io(4, value.distinct_count);
  io(5, value.max_value), io(6, value.min_value), io(7, value.is_max_value_exact), io(8, value.is_min_value_exact);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<SchemaElement> value) {
  io(1, value.type), io(2, value.type_length), io(3, value.repetition_type), io(4, value.name);
  io(5, value.num_children), io(6, value.converted_type), io(7, value.scale), io(8, value.precision);
  io(9, value.field_id), io.raw(10, ThriftType::structure, value.logical_type);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<ColumnMetaData> value) {
  io(1, value.type), io.raw(2, ThriftType::list, value.encodings), io.raw(3, ThriftType::list, value.path_in_schema);
  io(4, value.codec), io(5, value.num_values), io(6, value.total_uncompressed_size), io(7, value.total_compressed_size);
  io.raw(8, ThriftType::list, value.key_value_metadata), io(9, value.data_page_offset);
  io(10, value.index_page_offset), io(11, value.dictionary_page_offset), io(12, value.statistics);
  io.raw(13, ThriftType::list, value.encoding_stats), io(14, value.bloom_filter_offset);
  io(15, value.bloom_filter_length), io.raw(16, ThriftType::structure, value.size_statistics);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<ColumnChunk> value) {
  io(1, value.file_path), io(2, value.file_offset), io(3, value.meta_data), io(4, value.offset_index_offset);
  io(5, value.offset_index_length), io(6, value.column_index_offset), io(7, value.column_index_length);
  io.raw(8, ThriftType::structure, value.crypto_metadata);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<RowGroup> value) {
  io(1, value.columns), io(2, value.total_byte_size), io(3, value.num_rows);
  io.raw(4, ThriftType::list, value.sorting_columns), io(5, value.file_offset), io(6, value.total_compressed_size);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<KeyValue> value) {
  io(1, value.key), io(2, value.value);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<FileMetaData> value) {
  io(1, value.version), io(2, value.schema), io(3, value.num_rows), io(4, value.row_groups);
  io(5, value.key_value_metadata), io(6, value.created_by), io.raw(7, ThriftType::list, value.column_orders);
  io.raw(8, ThriftType::structure, value.encryption_algorithm);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<DataPageHeader> value) {
  io(1, value.num_values), io(2, value.encoding), io(3, value.definition_level_encoding);
  io(4, value.repetition_level_encoding), io(5, value.statistics);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<DictionaryPageHeader> value) {
  io(1, value.num_values), io(2, value.encoding), io(3, value.is_sorted);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<DataPageHeaderV2> value) {
  io(1, value.num_values), io(2, value.num_nulls), io(3, value.num_rows), io(4, value.encoding);
  io(5, value.definition_levels_byte_length), io(6, value.repetition_levels_byte_length), io(7, value.is_compressed);
  io(8, value.statistics);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<PageHeader> value) {
  io(1, value.type), io(2, value.uncompressed_page_size), io(3, value.compressed_page_size), io(4, value.crc);
  io(5, value.data), io(7, value.dictionary), io(8, value.data_v2);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<PageLocation> value) {
  io(1, value.offset), io(2, value.compressed_page_size), io(3, value.first_row_index);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<OffsetIndex> value) {
  io(1, value.page_locations);
}

template <class Io>
void visit_fields(Io& io, typename Io::template Ref<ColumnIndex> value) {
  io.raw(1, ThriftType::list, value.null_pages), io(2, value.min_values), io(3, value.max_values);
  io(4, value.boundary_order), io.raw(5, ThriftType::list, value.null_counts);
}

}  // namespace lakegate::columnar
