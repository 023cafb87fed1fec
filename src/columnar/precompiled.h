// Heavy headers of the only folder that uses Arrow and Parquet.
#pragma once

#include <arrow/memory_pool.h>
#include <arrow/util/compression.h>
#include <fmt/core.h>
#include <parquet/column_reader.h>
#include <parquet/encoding.h>
#include <parquet/exception.h>
#include <parquet/types.h>
