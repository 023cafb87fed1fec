// `lakegate subscription …`: who gets the sandbox's events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/commands.h"
#include "cli/kafka_options.h"

namespace lakegate::cli {

struct NewSubscription {
  std::string name;
  std::string to;                     // address of a webhook; or
  KafkaOptions kafka;                 // brokers and topic; or
  std::string kind;                   // another kind, and
  std::string target;                 // its target as JSON
  std::vector<std::string> datasets;  // names or ids; none: all
  std::vector<std::string> types;     // none: all
  bool paused = false;
};
Result<ExitStatus> create_subscription(const CommonOptions& common, const NewSubscription& wanted);
Result<ExitStatus> list_subscriptions(const CommonOptions& common);

// `subject`: a name or an id.
Result<ExitStatus> show_subscription(const CommonOptions& common, const std::string& subject);
// `state`: active or paused.
Result<ExitStatus> set_subscription_state(const CommonOptions& common, const std::string& subject,
                                          const std::string& state);
Result<ExitStatus> delete_subscription(const CommonOptions& common, const std::string& subject);
// `overlap`: seconds in which the former secret signs, too; none: as the server is set.
Result<ExitStatus> rotate_subscription_secret(const CommonOptions& common, const std::string& subject,
                                              std::optional<int64_t> overlap);

Result<ExitStatus> list_dead_letters(const CommonOptions& common, const std::string& subject);
struct ChosenLetters {
  std::vector<int64_t> numbers;
  bool all = false;
};
// `deed`: redeliver or discard.
Result<ExitStatus> act_on_dead_letters(const CommonOptions& common, const std::string& subject,
                                       const ChosenLetters& letters, const std::string& deed);

}  // namespace lakegate::cli
