// The documented codes of what can be wrong with a file's data (docs/errors.md). They stand in Violation::code and in a
// batch's errors[]. Contract codes where it has them, else ours; the last part reads as an HTTP status would.
#pragma once

#include <span>
#include <string_view>

namespace lakegate {

struct ViolationCode {
  std::string_view id;
  std::string_view title;   // short, constant
  std::string_view remedy;  // what usually helps; a Violation may carry a more exact one

  bool operator==(const ViolationCode& other) const { return id == other.id; }
};

namespace violations {

// The file as a whole
inline constexpr ViolationCode empty_file{"106", "File is empty", "Send the file's bytes, or leave the file out."};
inline constexpr ViolationCode corrupt{"INGEST-1401-400", "File is corrupt or cannot be parsed",
                                       "Write the file again and upload it anew."};
inline constexpr ViolationCode not_parquet{"LG-2000-400", "Not a Parquet file",
                                           "Send a Parquet file that begins and ends with the bytes PAR1."};
inline constexpr ViolationCode checksum_mismatch{"LG-2001-400", "Page checksum does not match",
                                                 "The bytes changed after they were written: upload the file anew."};
inline constexpr ViolationCode counts_mismatch{"LG-2002-400", "Row or value counts do not match",
                                               "Write the file again with another writer or version of it."};
inline constexpr ViolationCode encrypted{"LG-2003-400", "File is encrypted",
                                         "Write the file without Parquet encryption."};
inline constexpr ViolationCode duplicate_column{"LG-2004-400", "Column appears twice", "Name each column once."};
inline constexpr ViolationCode statistics_mismatch{"LG-2005-400", "Statistics contradict the data",
                                                   "Write the file again with another writer or version of it."};
inline constexpr ViolationCode codec_unsupported{"LG-2006-400", "Compression codec is not supported",
                                                 "Use none, snappy, gzip, zstd, lz4_raw or brotli."};
inline constexpr ViolationCode format_unsupported{"LG-2007-400", "Format cannot be read yet",
                                                  "Send Parquet files to a batch of format parquet."};
inline constexpr ViolationCode over_limit{"LG-2008-400", "File is over a limit", "Split the data or the file."};

// The shape of its columns
inline constexpr ViolationCode unknown_column{"LG-2100-400", "Column is not in the schema",
                                              "Remove or rename the column, or add the field to the schema."};
inline constexpr ViolationCode type_mismatch{"LG-2101-400", "Column has another type than the schema's field",
                                             "Write the column with the expected type."};
inline constexpr ViolationCode type_unsupported{"LG-2102-400", "Column type cannot be read",
                                                "Write the column with a type that is listed for Parquet input."};

// Values
inline constexpr ViolationCode required_missing{"INGEST-1555-400", "Required field is missing or null",
                                                "Fill the field in every row in which its parent exists."};
inline constexpr ViolationCode text_invalid{"LG-2200-400", "Text is not UTF-8", "Encode text as UTF-8."};
inline constexpr ViolationCode out_of_range{"LG-2201-400", "Value is out of range", ""};
inline constexpr ViolationCode length_invalid{"LG-2202-400", "Text is too short or too long", ""};
inline constexpr ViolationCode pattern_mismatch{"LG-2203-400", "Text does not match the pattern", ""};
inline constexpr ViolationCode not_allowed{"LG-2204-400", "Value is none of the allowed ones", ""};
inline constexpr ViolationCode time_out_of_range{"LG-2205-400", "Date or time is outside of the years 1 to 9999",
                                                 "Check the unit: dates count days, times milli- or microseconds."};
inline constexpr ViolationCode item_count{"LG-2206-400", "List or map has too few or too many items", ""};
inline constexpr ViolationCode items_repeated{"LG-2207-400", "List has equal items", ""};
inline constexpr ViolationCode map_key_invalid{"LG-2208-400", "Map key is null or appears twice",
                                               "Give each entry of a map a key of its own."};

// Judging itself
inline constexpr ViolationCode judge_crashed{"LG-2900-500", "File could not be judged: the worker stopped",
                                             "Write the file with another writer or version of it; report the case."};
inline constexpr ViolationCode judge_timeout{"LG-2901-500", "File could not be judged in time",
                                             "Split the file into smaller ones."};
inline constexpr ViolationCode judge_misbehaved{
    "LG-2902-500", "File could not be judged: the worker's answer is unusable",
    "Write the file with another writer or version of it; report the case."};

}  // namespace violations

// All of the above, in their order; null when no code has that id.
std::span<const ViolationCode> all_violation_codes();
const ViolationCode* find_violation_code(std::string_view id);

}  // namespace lakegate
