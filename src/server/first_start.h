// The first start: the first org and the credentials of its client.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "ledger/ledger.h"
#include "server/settings.h"

namespace lakegate::server {

inline constexpr std::string_view credentials_file = "credentials.json";

// Where the ledger has no org: writes FOLDER/credentials.json (0600), then enrols the first org with these credentials.
// In this order a crash between leaves a file without an org, which the next start replaces; the other way round it
// would leave an org whose secret nobody knows. Elsewhere: nothing, the file may have been moved away; a file that
// names another address is warned of.
Status enrol_first_org(const std::filesystem::path& folder, const std::string& base_url, const Settings& settings,
                       Ledger& ledger, const Clock& clock, Random& random);

}  // namespace lakegate::server
