// What the errors of a Kafka mean for the event that met one.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

#include "delivery/sink.h"

namespace lakegate::delivery {

// Of a delivery report. `last_error`: what the client last said of its connections, empty: nothing; it explains why
// there was no answer in time.
Outcome kafka_outcome(rd_kafka_resp_err_t error, std::string_view topic, std::string_view last_error);

// Whether an error of the client's connections will not go away by itself: what waits need not wait for its time limit.
bool is_refused_connection(rd_kafka_resp_err_t error);

}  // namespace lakegate::delivery
