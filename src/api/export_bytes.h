// The bytes of a file as they were sent, or a range of them.
#pragma once

#include "access/sent_files.h"
#include "http/request.h"
#include "http/response.h"

namespace lakegate::api {

// 200 with exactly sent_bytes, 206 for a single range (RFC 9110 section 14), 416 for one that has no byte of the file.
// Several ranges are answered by the whole, as it allows. If-None-Match with the file's ETag: 304; If-Match without it:
// 412. Only a header Range counts, and only for GET; with If-Range it needs the file's ETag. Bytes of a completed batch
// never change, so the ETag is the file's id.
http::Response sent_bytes_response(const http::Request& request, const access::SentFile& sent, OpenObject object);

}  // namespace lakegate::api
