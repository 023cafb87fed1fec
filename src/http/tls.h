// The server's side of TLS.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "base/result.h"

namespace lakegate::http {

// TLS 1.2 or later. `invalid_argument` names the file and what is wrong with it.
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& certificate_file,
                                                                    const std::string& key_file);

}  // namespace lakegate::http
