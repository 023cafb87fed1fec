#include "auth/enrolment.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "auth/client_secret.h"
#include "auth/names.h"
#include "base/ascii.h"
#include "base/error_codes.h"
#include "ledger/orgs.h"

namespace lakegate::auth {
namespace {

constexpr std::string_view org_suffix = "@AdobeOrg";
constexpr size_t org_prefix_max = 64;
constexpr size_t tenant_max = 32;
// Fields of that name, with an underscore before it, are the standard's.
constexpr std::array<std::string_view, 4> reserved_tenants = {"xdm", "id", "adhoc", "experience"};

bool is_letter_or_digit(char c) { return ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'z'); }

bool is_tenant(std::string_view text) {
  const auto fits = [](char c) { return ascii::is_digit(c) || (c >= 'a' && c <= 'z') || c == '_'; };
  return !text.empty() && text.size() <= tenant_max && text[0] >= 'a' && text[0] <= 'z' &&
         std::ranges::all_of(text, fits) && std::ranges::find(reserved_tenants, text) == reserved_tenants.end();
}

std::string tenant_of_name(std::string_view name) {
  std::string tenant;
  for (const char c : name) {
    if (is_letter_or_digit(c) && tenant.size() < tenant_max) tenant += ascii::lower(c);
  }
  return tenant;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

}  // namespace

std::string make_user_id(Random& random) { return upper(random.hex(24)) + "@techacct.lakegate"; }

bool is_ims_org(std::string_view text) {
  if (!text.ends_with(org_suffix)) return false;
  text.remove_suffix(org_suffix.size());
  return !text.empty() && text.size() <= org_prefix_max && std::ranges::all_of(text, is_letter_or_digit);
}

Result<Enrolment> Enrolment::prepare(const NewOrg& wanted, Random& random) {
  LG_TRY(check_name("An org's name", wanted.name));
  const std::string tenant = wanted.tenant.empty() ? tenant_of_name(wanted.name) : wanted.tenant;
  if (!is_tenant(tenant)) {
    return fail(codes::invalid_argument,
                "Tenant namespace \"{}\" cannot be used: expected 1 to {} of a-z, 0-9 and _, beginning with a letter, "
                "none of {}.",
                tenant, tenant_max, fmt::join(reserved_tenants, ", "));
  }
  if (!wanted.ims_org.empty() && !is_ims_org(wanted.ims_org.text())) {
    return fail(codes::invalid_argument, "Org id \"{}\" cannot be used: expected 1 to {} letters and digits, then {}.",
                wanted.ims_org, org_prefix_max, org_suffix);
  }
  Enrolment made;
  made.name_ = wanted.name;
  made.credentials_ = {
      .ims_org = wanted.ims_org.empty() ? ImsOrgId(upper(random.hex(24)) + std::string(org_suffix)) : wanted.ims_org,
      .sandbox_name = std::string(production_sandbox),
      .tenant = tenant,
      .client_id = ApiKey(random.hex(32)),
      .client_secret = make_client_secret(random)};
  made.secret_hash_ = hash_client_secret(made.credentials_.client_secret, random);
  made.user_id_ = make_user_id(random);
  made.sandbox_id_ = random.uuid();
  return made;
}

Status Enrolment::commit(Ledger& ledger, const Actor& by) const {
  const Millis now = by.now;
  return ledger.write([&](Tx& tx) -> Status {
    LG_ASSIGN(const ledger::Org org, ledger::insert_org(tx, {.number = {},
                                                             .ims_org = credentials_.ims_org,
                                                             .tenant = credentials_.tenant,
                                                             .name = name_,
                                                             .created = now}));
    LG_TRY(ledger::insert_sandbox(tx, {.scope = {.org = org.number, .sandbox = {}},
                                       .name = credentials_.sandbox_name,
                                       .id = sandbox_id_,
                                       .type = "production",
                                       .created = now,
                                       .title = "Production",
                                       .created_user = by.user}));
    LG_TRY(ledger::insert_client(tx, {.client_id = credentials_.client_id,
                                      .org = org.number,
                                      .secret_hash = secret_hash_,
                                      .user_id = user_id_,
                                      .name = name_,
                                      .disabled = false,
                                      .created = now,
                                      .created_user = by.user}));
    Actor actor = by;
    actor.org = org.number;
    const boost::json::object after{
        {"name", name_}, {"tenantId", credentials_.tenant}, {"apiKey", credentials_.client_id.text()}};
    return note(tx, actor, "org.create", credentials_.ims_org.text(),
                boost::json::serialize(boost::json::object{{"after", after}}));
  });
}

std::string credentials_json(const Credentials& credentials, const std::string& base_url) {
  return boost::json::serialize(boost::json::object{{"baseUrl", base_url},
                                                    {"orgId", credentials.ims_org.text()},
                                                    {"sandboxName", credentials.sandbox_name},
                                                    {"tenantId", credentials.tenant},
                                                    {"apiKey", credentials.client_id.text()},
                                                    {"clientId", credentials.client_id.text()},
                                                    {"clientSecret", credentials.client_secret}});
}

}  // namespace lakegate::auth
