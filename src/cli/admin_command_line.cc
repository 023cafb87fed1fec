#include "cli/admin_command_line.h"

#include <CLI/CLI.hpp>

#include <map>
#include <tuple>

namespace lakegate::cli {
namespace {

CLI::App* group(CLI::App& app, const char* name, const char* what) {
  CLI::App* made = app.add_subcommand(name, what);
  made->require_subcommand(1);
  return made;
}

void add_orgs(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add) {
  CLI::App& orgs =
      *group(app, "org", "Orgs that share the server: create, list, show, rename, disable, enable, delete");
  const auto about_one = [&](CLI::App* command) {
    command->add_option("org", options.subject, "Its id, …@AdobeOrg")->required();
    return command;
  };
  CLI::App* create = add(orgs, "create", "Create an org; prints its credentials file, this once",
                         [&] { return create_org(common, options.org); });
  create->add_option("name", options.org.name, "Its name")->required();
  create->add_option("--tenant", options.org.tenant, "Tenant namespace; default: made of the name");
  create->add_option("--org", options.org.org, "Org id, …@AdobeOrg; default: a random one");
  create->add_option("--out", options.org.out, "New file for the credentials, for its owner alone to read");
  add(orgs, "list", "List orgs", [&] { return list_orgs(common); });
  about_one(add(orgs, "show", "Show one", [&] { return show_org(common, options.subject); }));
  CLI::App* rename = about_one(add(orgs, "rename", "Give it another name",
                                   [&] { return rename_org(common, options.subject, options.org.name); }));
  rename->add_option("name", options.org.name, "The new name")->required();
  about_one(add(orgs, "disable", "Put all its keys out at once; nothing is lost",
                [&] { return act_on_org(common, options.subject, "disable"); }));
  about_one(
      add(orgs, "enable", "Let its keys in again", [&] { return act_on_org(common, options.subject, "enable"); }));
  CLI::App* remove = about_one(add(orgs, "delete", "Delete an org that has no datasets",
                                   [&] { return delete_org(common, options.subject, options.org.force); }));
  remove->add_flag("--force", options.org.force, "Delete its datasets first");
}

void add_sandboxes(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add) {
  CLI::App& sandboxes = *group(app, "sandbox", "Sandboxes of the org: create, list, show, delete");
  const auto about_one = [&](CLI::App* command) {
    command->add_option("sandbox", options.subject, "Its name")->required();
  };
  CLI::App* create =
      add(sandboxes, "create", "Create a sandbox", [&] { return create_sandbox(common, options.sandbox); });
  create->add_option("name", options.sandbox.name, "Of a-z, 0-9 and -")->required();
  create->add_option("--title", options.sandbox.title, "For people; default: the name");
  create->add_option("--type", options.sandbox.type, "development or production")
      ->check(CLI::IsMember({"development", "production"}))
      ->capture_default_str();
  add(sandboxes, "list", "List sandboxes", [&] { return list_sandboxes(common); });
  about_one(add(sandboxes, "show", "Show one", [&] { return show_sandbox(common, options.subject); }));
  about_one(add(sandboxes, "delete", "Delete one that has no datasets",
                [&] { return delete_sandbox(common, options.subject); }));
}

void add_keys(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add) {
  CLI::App& keys =
      *group(app, "key", "API keys of the org: create, list, show, change, rotate, revoke, enable, delete");
  KeyOptions& key = options.key;
  const auto about_one = [&](CLI::App* command) {
    command->add_option("key", options.subject, "The API key")->required();
    return command;
  };
  const auto grants = [&](CLI::App* command) {
    command
        ->add_option("--grant", key.grants,
                     "RIGHTS[:SANDBOX[/DATASET,…]], rights of read, ingest, manage; may be repeated; none: all rights")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
  };
  CLI::App* create = add(keys, "create", "Create a key; prints its credentials file, this once",
                         [&] { return create_key(common, options.key); });
  create->add_option("name", key.name, "What it is for")->required();
  grants(create);
  create->add_option("--out", key.out, "New file for the credentials, for its owner alone to read");
  add(keys, "list", "List keys", [&] { return list_keys(common); });
  about_one(add(keys, "show", "Show one", [&] { return show_key(common, options.subject); }));
  CLI::App* change = about_one(add(keys, "change", "Give it another name or other grants",
                                   [&] { return change_key(common, options.subject, options.key); }));
  change->add_option("--name", key.name, "The new name");
  grants(change);
  change->add_flag("--unrestricted", key.unrestricted, "Take its grants away: all rights on all")->excludes("--grant");
  CLI::App* rotate = about_one(add(keys, "rotate", "Give it a new secret; prints its credentials file, this once",
                                   [&] { return rotate_key(common, options.subject, options.key); }));
  rotate->add_option("--overlap", key.overlap_seconds, "Seconds that the secret of now stays good")
      ->check(CLI::Range(int64_t{0}, int64_t{90} * 24 * 60 * 60))
      ->capture_default_str();
  rotate->add_flag("--revoke-tokens", key.revoke_tokens, "Tokens that were given out are void");
  rotate->add_option("--out", key.out, "File for the credentials, for its owner alone to read; may be there");
  about_one(add(keys, "revoke", "Put it out at once, with its tokens",
                [&] { return act_on_key(common, options.subject, "revoke"); }));
  about_one(add(keys, "enable", "Let it in again", [&] { return act_on_key(common, options.subject, "enable"); }));
  about_one(add(keys, "delete", "Delete it for good", [&] { return delete_key(common, options.subject); }));
}

void add_quotas(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add) {
  CLI::App& quotas = *group(app, "quota", "Quotas of orgs and sandboxes: show, set, clear");
  QuotaOptions& quota = options.quota;
  const auto whose = [&](CLI::App* command) {
    command->add_option("--org", quota.org, "Its id, …@AdobeOrg; default: the own one");
    return command;
  };
  const auto of_sandbox = [&](CLI::App* command) {
    command->add_option("--sandbox", quota.sandbox, "Of this sandbox, instead of the org as a whole");
    return command;
  };
  whose(add(quotas, "show", "Limits and what is used", [&] { return show_quotas(common, options.quota); }));
  CLI::App* set = of_sandbox(whose(
      add(quotas, "set", "Set a quota in place of the one before", [&] { return set_quota(common, options.quota); })));
  set->add_option("--stored-bytes", quota.stored_bytes, "Bytes that are kept, e.g. 500GB")
      ->transform(CLI::AsSizeValue(true));
  set->add_option("--batches", quota.batches, "Batches on their way")->check(CLI::NonNegativeNumber);
  set->add_option("--batches-per-day", quota.batches_per_day, "Batches created in a day (UTC)")
      ->check(CLI::NonNegativeNumber);
  set->add_option("--open-uploads", quota.open_uploads, "Uploads at a time")->check(CLI::NonNegativeNumber);
  of_sandbox(whose(add(quotas, "clear", "Take a quota away", [&] { return clear_quota(common, options.quota); })));
}

void add_audit(CLI::App& app, AdminOptions& options, const CommonOptions& common, const AddClientCommand& add) {
  CLI::App& audit = *group(app, "audit", "The audit trail: list");
  AuditFilter& filter = options.audit;
  CLI::App* list =
      add(audit, "list", "Who changed what, newest first", [&] { return list_audit(common, options.audit); });
  list->add_option("--subject", filter.subject, "Id or name of what was changed");
  list->add_option("--actor", filter.actor, "User id of who changed it");
  list->add_option("--action", filter.action, "What the action begins with, e.g. api_key.");
  const std::map<std::string, int64_t> units = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}};
  for (const auto& [name, value, what] :
       {std::tuple{"--since", &filter.since_seconds, "That long ago or later, e.g. 12h or 7d"},
        std::tuple{"--until", &filter.until_seconds, "Longer ago than that"}}) {
    list->add_option(name, *value, what)->transform(CLI::AsNumberWithUnit(units));
  }
  list->add_option("--limit", filter.limit, "How many at most")->check(CLI::Range(1, 100'000))->capture_default_str();
  list->add_option("--org", filter.org, "Of this org, for the first org's keys; default: the own one");
}

}  // namespace

void add_admin_commands(CLI::App& app, AdminOptions& options, const CommonOptions& common,
                        const AddClientCommand& add) {
  add_orgs(app, options, common, add);
  add_sandboxes(app, options, common, add);
  add_keys(app, options, common, add);
  add_quotas(app, options, common, add);
  add_audit(app, options, common, add);
}

}  // namespace lakegate::cli
