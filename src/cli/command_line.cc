#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "cli/admin_command_line.h"
#include "cli/commands.h"
#include "cli/error_codes.h"
#include "cli/subscription_commands.h"
#include "cli/text_table.h"

namespace lakegate::cli {
namespace {

using Command = std::function<Result<ExitStatus>()>;

// What the parser fills; lives as long as the commands that look at it.
struct Options {
  CommonOptions common;
  ServerOptions server;
  std::string data;
  std::string listen;
  std::vector<std::string> set;
  NewDataset dataset;
  std::string subject;  // id or name
  std::string folder;
  int preview_rows = 10;
  BatchFilter batches;
  EventFilter events;
  int64_t timeout_seconds = 0;
  bool global = false;
  bool full = false;
  AdminOptions admin;
  NewSubscription subscription;
  ChosenLetters letters;
  int64_t overlap_seconds = -1;
  IssuerOptions issuer;
  PushOptions push;
  VerifyOptions verify;
  BackupOptions backup;
  int64_t retry_seconds = 60;
  Command chosen;
  bool serves = false;  // what is chosen is the server or a part of it
};

// A result that is on no paper, a secret that is shown once among them, is not "done".
ExitStatus printed(ExitStatus status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr,
               "lakegate: Standard output could not be written%s%s. What was asked for may be done; its result is not "
               "all there.\n",
               errno == 0 ? "" : ": ", errno == 0 ? "" : std::strerror(errno));
  return status == done ? refused : status;
}

// What CLI11 calls "A subcommand is required", where a word stands in its place. Empty: nothing of the kind.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  std::string path = "lakegate";
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    // Groups of options are subcommands without a name.
    const auto known =
        at->get_subcommands([](const CLI::App* one) { return !one->get_group().empty() && !one->get_name().empty(); });
    if (known.empty()) return {};
    const auto found = std::ranges::find(known, argv[i], [](const CLI::App* one) { return one->get_name(); });
    if (found == known.end()) {
      std::vector<std::string> names;
      for (const CLI::App* one : known) names.push_back(one->get_name());
      return fmt::format("{} has no command \"{}\". There are: {}.", path, one_line(argv[i]), fmt::join(names, ", "));
    }
    at = *found;
    path += " " + at->get_name();
  }
  return {};
}

// What was not given is looked for in the environment. CLI11 would do so for each command that has the option, called
// or not, and the last one would win over the command line.
void complete_from_environment(Options& options) {
  const auto complete = [](std::string& value, const char* variable) {
    const char* found = std::getenv(variable);
    if (value.empty() && found != nullptr) value = found;
  };
  complete(options.common.target.url, "LAKEGATE_URL");
  complete(options.common.target.credentials, "LAKEGATE_CREDENTIALS");
  complete(options.common.target.ca_file, "LAKEGATE_CA_FILE");
  complete(options.server.config_file, "LAKEGATE_CONFIG");
}

class Builder {
 public:
  Builder(CLI::App& app, Options& options, const ServerCommands& server)
      : app_(app), options_(options), server_(server) {}

  void build() {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "lakegate " LAKEGATE_VERSION);
    app_.get_formatter()->column_width(34);
    add_server();
    add_token();
    add_push();
    add_datasets();
    add_batches();
    add_events();
    add_schemas();
    add_xdm();
    add_admin();
    add_subscriptions();
    add_issuers();
    add_config();
    add_verify();
    add_backup();
  }

 private:
  CLI::App* group(const char* name, const char* what) {
    CLI::App* made = app_.add_subcommand(name, what);
    made->require_subcommand(1);
    return made;
  }

  // A command of the client.
  CLI::App* client(CLI::App& parent, const char* name, const char* what, Command run) {
    CLI::App* made = parent.add_subcommand(name, what);
    TargetOptions& target = options_.common.target;
    made->add_option("--url", target.url, "The server's address; default: LAKEGATE_URL, or baseUrl of the credentials");
    made->add_option("--credentials", target.credentials,
                     "Credentials file; default: LAKEGATE_CREDENTIALS, or " + std::string(default_credentials));
    made->add_option("--ca-file", target.ca_file, "PEM of an authority to trust, for TLS; default: LAKEGATE_CA_FILE");
    made->add_flag("--json", options_.common.json, "Print one JSON document");
    made->callback([this, run = std::move(run)] { options_.chosen = run; });
    return made;
  }

  void settings_options(CLI::App* command) {
    command->add_option("--config", options_.server.config_file, "TOML file of settings; default: LAKEGATE_CONFIG");
    command->add_option("--data", options_.data, "Folder of ledger and objects; default ./lakegate-data");
    command->add_option("--listen", options_.listen, "HOST:PORT; default 127.0.0.1:8080; port 0 takes a free one");
    command->add_option("--set", options_.set, "Any setting as NAME=VALUE; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
  }

  ServerOptions server_options() const {
    ServerOptions made = options_.server;
    if (!options_.data.empty()) made.settings.emplace_back("data", options_.data);
    if (!options_.listen.empty()) made.settings.emplace_back("listen", options_.listen);
    for (const std::string& pair : options_.set) {
      const size_t equals = pair.find('=');
      made.settings.emplace_back(pair.substr(0, equals), equals == std::string::npos ? "" : pair.substr(equals + 1));
    }
    return made;
  }

  void add_server() {
    CLI::App* serve = app_.add_subcommand("serve", "Run the server; prints `lakegate ready <baseUrl>` when it answers");
    settings_options(serve);
    serve->callback([this] {
      options_.serves = true;
      options_.chosen = [this]() -> Result<ExitStatus> {
        return static_cast<ExitStatus>(server_.serve(server_options()));
      };
    });
    CLI::App* worker = app_.add_subcommand("worker", "Judge files for a server; started by it");
    worker->group("");  // not for people
    worker->callback([this] {
      options_.serves = true;
      options_.chosen = [this]() -> Result<ExitStatus> { return static_cast<ExitStatus>(server_.worker()); };
    });
  }

  void add_token() {
    client(app_, "token", "Print an access token", [this] { return print_token(options_.common); });
  }

  void add_push() {
    PushOptions& push = options_.push;
    CLI::App* command = client(app_, "push", "Load Parquet files as one batch and wait until it is active", [this] {
      options_.push.patience = std::chrono::seconds(options_.retry_seconds);
      return cli::push(options_.common, options_.push);
    });
    command->add_option("source", push.sources, "Files, folders (all *.parquet below) or quoted patterns")->required();
    command->add_option("--dataset", push.dataset, "Name or id of the dataset")->required();
    command->add_option("--parallel", push.parallel, "Uploads at the same time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    command
        ->add_option("--part-size", push.part_bytes,
                     "Files over it go up in parts of it, 64KiB to 512MB; default 64MiB")
        ->transform(CLI::AsSizeValue(true))
        ->check(CLI::Range(int64_t{64} << 10, int64_t{512'000'000}))
        ->option_text("SIZE");
    command->add_option("--retry-for", options_.retry_seconds, "Seconds that a busy or lost server is tried again")
        ->check(CLI::Range(0, 86'400))
        ->capture_default_str();
    command->add_flag_callback(
        "--no-wait", [&push] { push.wait = false; }, "End when the batch is complete, without waiting for its verdict");
    command->add_flag("--no-resume", push.fresh,
                      "Begin a new batch even if an interrupted push of these files can be taken up");
  }

  void add_datasets() {
    CLI::App* datasets = group("dataset", "Datasets: create, list, show, delete, preview");
    NewDataset& wanted = options_.dataset;
    CLI::App* create = client(*datasets, "create", "Create a dataset",
                              [this] { return create_dataset(options_.common, options_.dataset); });
    create->add_option("name", wanted.name, "Its name")->required();
    auto* source = create->add_option_group("schema", "One of");
    source->add_option("--schema", wanted.schema, "$id or meta:altId of an XDM schema");
    source->add_option("--from", wanted.from_file, "Parquet file whose columns become the schema");
    source->require_option(1);
    create->add_option("--description", wanted.description, "A sentence");
    client(*datasets, "list", "List datasets", [this] { return list_datasets(options_.common); });
    subject(client(*datasets, "show", "Show one", [this] { return show_dataset(options_.common, options_.subject); }),
            "dataset");
    subject(client(*datasets, "delete", "Delete one and its rows",
                   [this] { return delete_dataset(options_.common, options_.subject); }),
            "dataset");
    CLI::App* preview = client(*datasets, "preview", "The first rows of its newest active batch", [this] {
      return preview_dataset(options_.common, options_.subject, options_.preview_rows);
    });
    subject(preview, "dataset");
    preview->add_option("--rows", options_.preview_rows, "How many")->check(CLI::Range(1, 100))->capture_default_str();
  }

  void subject(CLI::App* command, const char* what) {
    const std::string description = std::string(what) == "dataset" ? "Its name or id" : "Its id";
    command->add_option(what, options_.subject, description)->required();
  }

  void add_batches() {
    CLI::App* batches = group("batch", "Batches: list, show, wait, abort, revert");
    BatchFilter& filter = options_.batches;
    CLI::App* list = client(*batches, "list", "List batches, newest first",
                            [this] { return list_batches(options_.common, options_.batches); });
    list->add_option("--dataset", filter.dataset, "Only of this dataset, by name or id");
    list->add_option("--status", filter.status, "Only in this state, e.g. failed");
    list->add_option("--limit", filter.limit, "How many at most")->check(CLI::Range(1, 100))->capture_default_str();
    subject(client(*batches, "show", "Show one with its errors",
                   [this] { return show_batch(options_.common, options_.subject); }),
            "batch");
    CLI::App* wait = client(*batches, "wait", "Wait until it is active, failed or otherwise at its end", [this] {
      return wait_for_batch(options_.common, options_.subject, std::chrono::seconds(options_.timeout_seconds));
    });
    subject(wait, "batch");
    wait->add_option("--timeout", options_.timeout_seconds, "Seconds; 0: without limit")->check(CLI::NonNegativeNumber);
    subject(client(*batches, "abort", "Give up a batch that is loading",
                   [this] { return act_on_batch(options_.common, options_.subject, "ABORT"); }),
            "batch");
    subject(client(*batches, "revert", "Take an active batch's rows out of the table",
                   [this] { return act_on_batch(options_.common, options_.subject, "REVERT"); }),
            "batch");
  }

  void add_events() {
    CLI::App* events = group("events", "Events of batches and datasets: tail");
    EventFilter& filter = options_.events;
    CLI::App* tail = client(*events, "tail", "Print each event as it happens, until Ctrl-C; --json: one a line",
                            [this] { return tail_events(options_.common, options_.events); });
    tail->add_option("--dataset", filter.datasets, "Only of this dataset, by name or id; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    tail->add_option("--type", filter.types, "Only of this type, e.g. batch.active, batch.*; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    CLI::Option* after = tail->add_option("--after", filter.after, "Begin behind this cursor, as the feed gave it");
    tail->add_flag("--from-start", filter.from_start, "Begin with the oldest event that is kept")->excludes(after);
  }

  void add_schemas() {
    CLI::App* schemas = group("schema", "XDM schemas: list, show");
    CLI::App* list =
        client(*schemas, "list", "List schemas", [this] { return list_schemas(options_.common, options_.global); });
    list->add_flag("--global", options_.global, "What the library has to make schemas of, instead of the tenant's");
    CLI::App* show = client(*schemas, "show", "Show one",
                            [this] { return show_schema(options_.common, options_.subject, options_.full); });
    show->add_option("schema", options_.subject, "$id or meta:altId, of a class or field group of the library too")
        ->required();
    show->add_flag("--full", options_.full, "With allOf and $ref resolved");
  }

  void add_xdm() {
    CLI::App* xdm = group("xdm", "The public XDM library: import");
    CLI::App* import =
        client(*xdm, "import", "Take a copy of the public library's repository into the sandbox's global resources",
               [this] { return import_xdm(options_.common, options_.folder); });
    import->add_option("folder", options_.folder, "The copy: it has the folders components, extensions, schemas")
        ->required();
  }

  void add_admin() {
    add_admin_commands(app_, options_.admin, options_.common,
                       [this](CLI::App& parent, const char* name, const char* what, Command run) {
                         return client(parent, name, what, std::move(run));
                       });
  }

  void add_subscriptions() {
    CLI::App* all =
        group("subscription", "Who gets the sandbox's events: create, list, show, pause, resume, delete, …");
    NewSubscription& wanted = options_.subscription;
    CLI::App* create =
        client(*all, "create", "Send events to a receiver; prints the secret of its signatures, this once",
               [this] { return create_subscription(options_.common, options_.subscription); });
    create->add_option("name", wanted.name, "Its name")->required();
    auto* target = create->add_option_group("target", "One of");
    target->add_option("--to", wanted.to, "Address of a webhook, https://…");
    CLI::Option* kafka = target->add_option("--kafka", wanted.kafka.brokers, "Brokers, HOST:PORT,…; with --topic");
    kafka->delimiter(',')->expected(1)->allow_extra_args(false)->take_all();
    auto* kind = target->add_option("--kind", wanted.kind, "Another kind of receiver, with --target");
    target->require_option(1);
    create->add_option("--target", wanted.target, "What that kind needs, as a JSON object")->needs(kind);
    kafka_options(*create, kafka);
    create->add_option("--dataset", wanted.datasets, "Only events of this dataset, by name or id; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    create->add_option("--type", wanted.types, "Only events of this type, e.g. batch.active; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    create->add_flag("--paused", wanted.paused, "Nothing is sent until it is resumed");
    client(*all, "list", "List subscriptions", [this] { return list_subscriptions(options_.common); });
    subscription(*all, "show", "Show one, and how far it came in each dataset",
                 [this] { return show_subscription(options_.common, options_.subject); });
    subscription(*all, "pause", "Send nothing until it is resumed; events wait",
                 [this] { return set_subscription_state(options_.common, options_.subject, "paused"); });
    subscription(*all, "resume", "Go on, also after the server suspended it",
                 [this] { return set_subscription_state(options_.common, options_.subject, "active"); });
    subscription(*all, "delete", "Delete one; what waits for it is not sent any more",
                 [this] { return delete_subscription(options_.common, options_.subject); });
    subscription(*all, "rotate-secret", "Make a new secret for its signatures; prints it, this once",
                 [this] {
                   const bool given = options_.overlap_seconds >= 0;
                   return rotate_subscription_secret(options_.common, options_.subject,
                                                     given ? std::optional(options_.overlap_seconds) : std::nullopt);
                 })
        ->add_option("--overlap", options_.overlap_seconds,
                     "Seconds in which the former secret signs, too; default: a day")
        ->check(CLI::NonNegativeNumber);
    subscription(*all, "dead-letters", "List events that it could not be given",
                 [this] { return list_dead_letters(options_.common, options_.subject); });
    letters(subscription(*all, "redeliver", "Send dead letters again", [this] {
      return act_on_dead_letters(options_.common, options_.subject, options_.letters, "redeliver");
    }));
    letters(subscription(*all, "discard", "Forget dead letters", [this] {
      return act_on_dead_letters(options_.common, options_.subject, options_.letters, "discard");
    }));
  }

  void kafka_options(CLI::App& create, CLI::Option* kafka) {
    KafkaOptions& wanted = options_.subscription.kafka;
    CLI::Option* topic = create.add_option("--topic", wanted.topic, "Topic of --kafka; it has to be there");
    topic->needs(kafka);
    kafka->needs(topic);
    create.add_flag("--tls", wanted.tls, "Speak TLS with the brokers")->needs(kafka);
    create
        .add_option("--tls-authority", wanted.authority_file,
                    "PEM file: whom to trust; default: as the server's system")
        ->needs(kafka);
    CLI::Option* certificate =
        create.add_option("--tls-certificate", wanted.certificate_file, "PEM file: the client's own certificate");
    CLI::Option* key = create.add_option("--tls-key", wanted.key_file, "PEM file: its key");
    certificate->needs(kafka)->needs(key);
    key->needs(certificate);
    CLI::Option* user = create.add_option("--username", wanted.username, "User of the brokers (SASL)");
    CLI::Option* password =
        create.add_option("--password-file", wanted.password_file, "File with the user's password; -: standard input");
    user->needs(kafka)->needs(password);
    password->needs(user);
    create.add_option("--sasl", wanted.mechanism, "SCRAM-SHA-512 (default), SCRAM-SHA-256 or PLAIN")->needs(user);
  }

  CLI::App* subscription(CLI::App& parent, const char* name, const char* what, Command run) {
    CLI::App* made = client(parent, name, what, std::move(run));
    made->add_option("subscription", options_.subject, "Its name or id")->required();
    return made;
  }

  void letters(CLI::App* command) {
    auto* which = command->add_option_group("which", "One of");
    which->add_option("number", options_.letters.numbers, "Numbers of dead letters");
    which->add_flag("--all", options_.letters.all, "All of them");
    which->require_option(1);
  }

  void add_issuers() {
    CLI::App* issuers = group("issuer", "Outside OIDC issuers whose tokens are taken: add, list, show, remove, test");
    IssuerOptions& wanted = options_.issuer;
    CLI::App* add = client(*issuers, "add", "Take the tokens of an issuer",
                           [this] { return add_issuer(options_.common, options_.issuer); });
    add->add_option("issuer", wanted.issuer, "Its address, exactly as `iss` of its tokens has it");
    add->add_option("--from", wanted.from_file,
                    "JSON file with all of it, as `show --json` prints; - is standard input");
    add->add_option("--audience", wanted.audiences, "An accepted `aud`; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    add->add_option("--map", wanted.mappings,
                    "API_KEY:CLAIM=VALUE,CLAIM~VALUE: which key acts where those claims are so (~: contains); the "
                    "first that fits; may be repeated")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    add->add_option("--algorithm", wanted.algorithms, "An accepted `alg`; may be repeated; default RS256, PS256, ES256")
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
    add->add_option("--clock-skew", wanted.skew_seconds, "Seconds that clocks may differ; default 60")
        ->check(CLI::Range(0, 300));
    add->add_option("--tokens", wanted.tokens, "What clients send: access (default), at+jwt or id")
        ->check(CLI::IsMember({"access", "at+jwt", "id"}));
    add->add_option("--user-claim", wanted.user_claim, "The claim that names the user; default sub");
    client(*issuers, "list", "List issuers", [this] { return list_issuers(options_.common); });
    subject(client(*issuers, "show", "Show one, and whether its keys could be read",
                   [this] { return show_issuer(options_.common, options_.subject); }),
            "issuer");
    subject(client(*issuers, "remove", "Remove one: its tokens end at once",
                   [this] { return remove_issuer(options_.common, options_.subject); }),
            "issuer");
    CLI::App* test = client(*issuers, "test", "Say whether a token would be taken, as whom, or why not",
                            [this] { return test_issuer_token(options_.common, options_.subject); });
    test->add_option("token", options_.subject, "The token; - reads it from standard input")->required();
  }

  void add_config() {
    CLI::App* config = group("config", "Settings of the server: show");
    CLI::App* show = config->add_subcommand("show", "Print every setting, its value and where that comes from");
    settings_options(show);
    show->add_flag("--json", options_.common.json, "Print one JSON document");
    show->callback([this] {
      options_.chosen = [this]() -> Result<ExitStatus> {
        return static_cast<ExitStatus>(server_.show_config(server_options(), options_.common.json));
      };
    });
  }

  void add_verify() {
    CLI::App* verify = app_.add_subcommand(
        "verify", "Check ledger, objects and tables of a stopped server's folder against each other");
    verify->add_option("--config", options_.server.config_file, "TOML file of settings; default: LAKEGATE_CONFIG");
    verify->add_option("--data", options_.data, "Folder of ledger and objects; default ./lakegate-data");
    verify->add_flag("--quick", options_.verify.quick, "Neither contents nor footers nor older snapshots");
    verify->add_flag("--repair", options_.verify.repair, "Remove what nobody needs: orphans, unfinished tails");
    verify->add_flag("--json", options_.verify.json, "Print one JSON document");
    verify->callback([this] {
      options_.chosen = [this]() -> Result<ExitStatus> {
        return static_cast<ExitStatus>(server_.verify(server_options(), options_.verify));
      };
    });
  }

  void add_backup() {
    CLI::App* backup = app_.add_subcommand("backup", "Copy a server's folder while it runs: a folder to restore from");
    backup->add_option("target", options_.backup.target, "A new or an empty folder")->required();
    backup->add_option("--config", options_.server.config_file, "TOML file of settings; default: LAKEGATE_CONFIG");
    backup->add_option("--data", options_.data, "Folder of ledger and objects; default ./lakegate-data");
    backup->add_flag("--copy", options_.backup.copy, "Copy all bytes, instead of hard links where possible");
    backup->add_flag("--json", options_.backup.json, "Print one JSON document");
    backup->callback([this] {
      options_.chosen = [this]() -> Result<ExitStatus> {
        return static_cast<ExitStatus>(server_.backup(server_options(), options_.backup));
      };
    });
  }

  CLI::App& app_;
  Options& options_;
  const ServerCommands& server_;
};

}  // namespace

int run(int argc, char** argv, const ServerCommands& server) {
  CLI::App app{"Lakegate: a batch-ingestion gateway for the lakehouse", "lakegate"};
  Options options;
  Builder builder(app, options, server);  // outlives its callbacks
  builder.build();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string unknown = unknown_command(app, argc, argv);
    if (error.get_exit_code() != 0 && !unknown.empty()) {
      std::fprintf(stderr, "lakegate: %s\nRun with --help for more information.\n", unknown.c_str());
      return usage;
    }
    return app.exit(error) == 0 ? done : usage;
  }
  complete_from_environment(options);
  const Result<ExitStatus> status = options.chosen();
  if (status) return options.serves ? *status : printed(*status);
  std::fflush(stdout);
  std::fprintf(stderr, "lakegate: %s\n", lines(status.error().message).c_str());
  return printed(exit_status(status.error()));
}

}  // namespace lakegate::cli
