// The documented codes of the service (docs/errors.md), by topic. The last part of an id is its HTTP status. Violations
// of data have theirs in model/violation_codes.h.
#pragma once

#include "base/error_codes.h"

namespace lakegate::codes {

// 11xx: batches and files
inline constexpr ErrorCode batch_not_found{"LG-1100-404", ErrorKind::not_found, "No such batch"};
inline constexpr ErrorCode batch_wrong_state{"LG-1101-409", ErrorKind::conflict, "Not possible in the batch's state"};
inline constexpr ErrorCode batch_without_files{"LG-1102-400", ErrorKind::invalid, "Batch has no files"};
inline constexpr ErrorCode batch_incomplete_files{"LG-1103-400", ErrorKind::invalid, "Files have gaps"};
inline constexpr ErrorCode batch_wrong_dataset{"LG-1104-404", ErrorKind::not_found, "Batch belongs to another dataset"};
inline constexpr ErrorCode external_id_taken{"LG-1105-409", ErrorKind::conflict, "externalId is taken"};
inline constexpr ErrorCode unknown_action{"LG-1106-400", ErrorKind::invalid, "Unknown action"};
inline constexpr ErrorCode idempotency_mismatch{"LG-1107-422", ErrorKind::invalid,
                                                "Idempotency-Key was used for another request"};
inline constexpr ErrorCode not_offered{"LG-1108-400", ErrorKind::invalid, "Not offered yet"};
// Stands in a batch's errors[]: what a client's FAIL leaves there.
inline constexpr ErrorCode failed_by_client{"LG-1109-400", ErrorKind::invalid, "The client failed the batch"};
inline constexpr ErrorCode predecessor_unknown{"LG-1110-400", ErrorKind::invalid, "No such batch to replace"};
inline constexpr ErrorCode predecessor_busy{"LG-1111-409", ErrorKind::conflict, "Batch cannot be replaced now"};
inline constexpr ErrorCode batch_too_large{"LG-1112-400", ErrorKind::invalid, "Batch is too large"};

// 12xx: uploads
inline constexpr ErrorCode file_not_found{"LG-1200-404", ErrorKind::not_found, "No such file in the batch"};
inline constexpr ErrorCode file_path_invalid{"LG-1201-400", ErrorKind::invalid, "File path is not usable"};
inline constexpr ErrorCode file_too_large{"LG-1202-413", ErrorKind::too_large, "File is too large for one request"};
inline constexpr ErrorCode part_too_large{"LG-1203-413", ErrorKind::too_large, "Part is too large"};
inline constexpr ErrorCode content_range_invalid{"LG-1204-400", ErrorKind::invalid, "Content-Range is not usable"};
inline constexpr ErrorCode content_range_total_changed{"LG-1205-409", ErrorKind::conflict,
                                                       "Total size differs from earlier parts"};
inline constexpr ErrorCode range_overlap{"LG-1206-409", ErrorKind::conflict, "Range overlaps held bytes"};
inline constexpr ErrorCode range_busy{"LG-1207-409", ErrorKind::conflict, "Another request is writing this range"};
inline constexpr ErrorCode range_differs{"LG-1208-409", ErrorKind::conflict, "Repeated part differs from held bytes"};
inline constexpr ErrorCode file_not_initialized{"LG-1209-409", ErrorKind::conflict,
                                                "File was not initialized for parts"};
inline constexpr ErrorCode file_has_bytes{"LG-1210-409", ErrorKind::conflict, "File already holds bytes"};
inline constexpr ErrorCode file_has_gaps{"LG-1211-400", ErrorKind::invalid, "File has gaps"};
inline constexpr ErrorCode body_short{"LG-1212-400", ErrorKind::invalid, "Body is shorter than announced"};
inline constexpr ErrorCode digest_mismatch{"LG-1213-400", ErrorKind::invalid, "Digest does not match the body"};
inline constexpr ErrorCode digest_invalid{"LG-1214-400", ErrorKind::invalid, "Digest header is not usable"};
inline constexpr ErrorCode content_encoding_unsupported{"LG-1215-415", ErrorKind::invalid,
                                                        "Content-Encoding is not supported"};
inline constexpr ErrorCode file_complete{"LG-1216-409", ErrorKind::conflict, "File is complete already"};
inline constexpr ErrorCode length_required{"LG-1217-411", ErrorKind::invalid, "Content-Length is required"};
inline constexpr ErrorCode batch_too_many_files{"LG-1218-400", ErrorKind::invalid, "Batch has too many files"};
inline constexpr ErrorCode body_stalled{"LG-1219-408", ErrorKind::invalid, "Body stalled"};

// 13xx: catalog
inline constexpr ErrorCode dataset_not_found{"LG-1300-404", ErrorKind::not_found, "No such dataset"};
inline constexpr ErrorCode dataset_name_taken{"LG-1301-409", ErrorKind::conflict, "Table name is taken"};
inline constexpr ErrorCode list_parameter_invalid{"LG-1302-400", ErrorKind::invalid, "List parameter is not usable"};
inline constexpr ErrorCode precondition_failed{"LG-1303-412", ErrorKind::conflict, "Version does not match If-Match"};
inline constexpr ErrorCode unsupported_content_type{"LG-1304-415", ErrorKind::invalid, "Content-Type is not supported"};
// Stands in errors[] of the batches that were on their way.
inline constexpr ErrorCode dataset_deleted{"LG-1305-409", ErrorKind::conflict, "The dataset was deleted"};

// 14xx: schema registry (XDM-… codes where the contract has them)
inline constexpr ErrorCode schema_not_found{"XDM-1012-404", ErrorKind::not_found, "Resource not found"};
inline constexpr ErrorCode schema_accept_list{"XDM-1006-400", ErrorKind::invalid,
                                              "Accept header is not usable for a list"};
inline constexpr ErrorCode schema_accept_lookup{"XDM-1007-400", ErrorKind::invalid,
                                                "Accept header is not usable for a lookup"};
inline constexpr ErrorCode schema_invalid{"LG-1400-400", ErrorKind::invalid, "Schema is not usable"};
inline constexpr ErrorCode schema_title_taken{"LG-1401-400", ErrorKind::invalid, "Title is taken"};
inline constexpr ErrorCode schema_type_clash{"LG-1402-400", ErrorKind::invalid, "Types clash"};
inline constexpr ErrorCode schema_reference_unknown{"LG-1403-400", ErrorKind::invalid,
                                                    "Referenced resource does not exist"};
inline constexpr ErrorCode schema_namespace{"LG-1404-400", ErrorKind::invalid,
                                            "Field is outside of the tenant namespace"};
inline constexpr ErrorCode schema_breaks_data{"LG-1405-400", ErrorKind::invalid, "Change does not fit what is in use"};
inline constexpr ErrorCode schema_in_use{"LG-1406-409", ErrorKind::conflict, "Resource is in use"};
inline constexpr ErrorCode schema_accept_descriptors{"XDM-1008-400", ErrorKind::invalid,
                                                     "Accept header is not usable for descriptors"};
inline constexpr ErrorCode schema_import_failed{"XDM-3005-400", ErrorKind::invalid, "Import failed"};
inline constexpr ErrorCode descriptor_not_found{"LG-1407-404", ErrorKind::not_found, "Descriptor not found"};
inline constexpr ErrorCode descriptor_invalid{"LG-1408-400", ErrorKind::invalid, "Descriptor is not usable"};
inline constexpr ErrorCode descriptor_needed{"LG-1409-403", ErrorKind::forbidden, "Descriptor is needed by another"};

// 15xx: who may
inline constexpr ErrorCode open_uploads_exceeded{"LG-1500-429", ErrorKind::unavailable, "Too many uploads at a time"};
inline constexpr ErrorCode stored_bytes_exceeded{"LG-1509-507", ErrorKind::no_space, "The quota of bytes is used up"};
inline constexpr ErrorCode batches_exceeded{"LG-1510-429", ErrorKind::unavailable, "Too many batches at a time"};
inline constexpr ErrorCode batches_per_day_exceeded{"LG-1511-429", ErrorKind::unavailable, "Too many batches in a day"};
inline constexpr ErrorCode sandbox_in_use{"LG-1508-409", ErrorKind::conflict, "The sandbox is in use"};
inline constexpr ErrorCode right_missing{"LG-1502-403", ErrorKind::forbidden, "The key lacks the right"};
inline constexpr ErrorCode right_missing_on_dataset{"LG-1503-403", ErrorKind::forbidden,
                                                    "The key lacks the right on this dataset"};

// 16xx: the transport
inline constexpr ErrorCode malformed_request{"LG-1600-400", ErrorKind::invalid, "Request is malformed"};
inline constexpr ErrorCode header_too_large{"LG-1601-431", ErrorKind::too_large, "Header is too large"};
inline constexpr ErrorCode uri_too_long{"LG-1602-414", ErrorKind::too_large, "URL is too long"};
inline constexpr ErrorCode method_not_allowed{"LG-1603-405", ErrorKind::invalid, "Method is not allowed here"};
inline constexpr ErrorCode route_not_found{"LG-1604-404", ErrorKind::not_found, "No such path"};
inline constexpr ErrorCode request_timeout{"LG-1605-408", ErrorKind::invalid, "Request took too long"};
inline constexpr ErrorCode body_too_large{"LG-1606-413", ErrorKind::too_large, "Body is too large"};
inline constexpr ErrorCode connection_closed{"LG-1607-400", ErrorKind::invalid, "Connection closed within the body"};
inline constexpr ErrorCode overloaded{"LG-1608-503", ErrorKind::unavailable, "Server is busy"};

// 17xx: the table catalog
inline constexpr ErrorCode table_not_found{"LG-1700-404", ErrorKind::not_found, "No such table"};
inline constexpr ErrorCode namespace_not_found{"LG-1701-404", ErrorKind::not_found, "No such namespace"};

// 18xx: data access
inline constexpr ErrorCode range_not_satisfiable{"LG-1800-416", ErrorKind::invalid, "Range has no byte of the file"};
inline constexpr ErrorCode several_ranges{"LG-1801-416", ErrorKind::invalid, "One range a request"};

}  // namespace lakegate::codes
