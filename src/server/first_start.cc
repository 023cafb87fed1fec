#include "server/first_start.h"

#include <boost/json.hpp>

#include <fstream>
#include <iterator>

#include "auth/enrolment.h"
#include "base/durable_file.h"
#include "base/log.h"
#include "ledger/orgs.h"

namespace lakegate::server {
namespace {

// One member a line, in the documented order: people read this file.
std::string readable(const std::string& credentials) {
  const boost::json::object members = boost::json::parse(credentials).as_object();
  std::string text;
  for (const auto& member : members) {
    text += fmt::format("{}\n  {}: {}", text.empty() ? "{" : ",", boost::json::serialize(member.key()),
                        boost::json::serialize(member.value()));
  }
  return text + "\n}\n";
}

void warn_of_other_address(const std::filesystem::path& file, const std::string& base_url) {
  std::ifstream opened(file);
  const std::string text{std::istreambuf_iterator<char>(opened), std::istreambuf_iterator<char>()};
  boost::system::error_code failed;
  const boost::json::value read = boost::json::parse(text, failed);
  const auto* written = failed || !read.is_object() ? nullptr : read.as_object().if_contains("baseUrl");
  if (written != nullptr && written->is_string() && written->as_string() != base_url) {
    log::warning("The credentials name another address: give clients this server's by --url or LAKEGATE_URL",
                 {{"file", file.string()}, {"says", std::string_view(written->as_string())}, {"is", base_url}});
  }
}

}  // namespace

Status enrol_first_org(const std::filesystem::path& folder, const std::string& base_url, const Settings& settings,
                       Ledger& ledger, const Clock& clock, Random& random) {
  const std::filesystem::path file = folder / credentials_file;
  LG_ASSIGN(const auto orgs, ledger.read([](ReadTx& tx) { return ledger::list_orgs(tx); }));
  if (!orgs.empty()) {
    warn_of_other_address(file, base_url);
    return {};
  }
  LG_ASSIGN(const auth::Enrolment enrolment,
            auth::Enrolment::prepare(
                {.name = "First org", .tenant = settings.tenant, .ims_org = ImsOrgId(settings.org)}, random));
  LG_TRY(write_private_file(file, readable(auth::credentials_json(enrolment.credentials(), base_url))));
  LG_TRY(enrolment.commit(ledger, {.org = {}, .user = "server", .request_id = {}, .now = clock.now_ms()}));
  log::info("First start: made an org", {{"org", enrolment.credentials().ims_org},
                                         {"tenant", enrolment.credentials().tenant},
                                         {"credentials", file.string()}});
  return {};
}

}  // namespace lakegate::server
