#include "delivery/kafka_errors.h"

#include <fmt/format.h>

namespace lakegate::delivery {
namespace {

using enum Outcome::Kind;

Outcome make(Outcome::Kind kind, std::string reason) { return {.kind = kind, .reason = std::move(reason)}; }

std::string with_last_error(std::string reason, std::string_view last_error) {
  if (!last_error.empty()) reason += fmt::format(" The connection's last error: {}.", last_error);
  return reason;
}

}  // namespace

// An event is refused only for what it is. What is wrong with topic, rights or brokers is for their owner to mend, and
// then every event goes: it is tried again, so that none is lost and the order stays.
Outcome kafka_outcome(rd_kafka_resp_err_t error, std::string_view topic, std::string_view last_error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR: return make(delivered, "");
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      return make(
          refused,
          fmt::format("The event is larger than topic {} takes (max.message.bytes of topic or broker).", topic));
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return make(refused, fmt::format("The brokers refuse the event as a record of topic {}: they check what goes "
                                       "into it.",
                                       topic));
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return make(gone, fmt::format("The brokers take {} for no topic that can be written to.", topic));
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return make(retry, fmt::format("The brokers have no topic {}. Create it, or allow its name.", topic));
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return make(retry, fmt::format("The brokers do not allow this user to write to topic {}.", topic));
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return make(retry, "The brokers do not allow this user to write idempotently (IdempotentWrite on the cluster).");
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
      return make(retry, with_last_error("No broker confirmed the event in time.", last_error));
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return make(retry, with_last_error("Too many events wait for these brokers already.", last_error));
    case RD_KAFKA_RESP_ERR__PURGE_QUEUE:
    case RD_KAFKA_RESP_ERR__PURGE_INFLIGHT: return make(retry, with_last_error("The event was not sent.", last_error));
    default:
      return make(retry, with_last_error(fmt::format("The brokers did not take the event: {} ({}).",
                                                     rd_kafka_err2str(error), rd_kafka_err2name(error)),
                                         last_error));
  }
}

bool is_refused_connection(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__AUTHENTICATION || error == RD_KAFKA_RESP_ERR__SSL ||
         error == RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED || error == RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM;
}

}  // namespace lakegate::delivery
