#include "ledger/subscriptions.h"

#include <boost/json.hpp>

#include "ledger/column_types.h"

namespace lakegate::ledger {

std::string_view to_string(SubscriptionState state) {
  switch (state) {
    case SubscriptionState::active: return "active";
    case SubscriptionState::paused: return "paused";
    case SubscriptionState::suspended: return "suspended";
  }
  return "";
}

std::optional<SubscriptionState> parse_subscription_state(std::string_view text) {
  for (const auto state : {SubscriptionState::active, SubscriptionState::paused, SubscriptionState::suspended}) {
    if (to_string(state) == text) return state;
  }
  return std::nullopt;
}

template <>
struct ColumnType<SubscriptionState> : NamedColumn<SubscriptionState, parse_subscription_state> {};

namespace {

// A JSON array in a column.
struct Texts {
  std::vector<std::string> values;
};

}  // namespace

template <>
struct ColumnType<Texts> {
  using Stored = std::string;
  static std::string to_stored(const Texts& texts) {
    return boost::json::serialize(boost::json::array(texts.values.begin(), texts.values.end()));
  }
  static bool from_stored(const std::string& stored, Texts& texts) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse(stored, failed);
    if (failed || !parsed.is_array()) return false;
    texts.values.clear();
    for (const boost::json::value& value : parsed.get_array()) {
      if (!value.is_string()) return false;
      texts.values.emplace_back(value.get_string());
    }
    return true;
  }
};

namespace {

struct Row {
  Subscription subscription;
  Texts datasets;
  Texts types;
};

template <class Visit>
void visit_columns(Visit& visit, Row& row) {
  Subscription& s = row.subscription;
  visit(s.number, s.id, s.scope.org, s.scope.sandbox, s.name, s.kind, s.target, s.secrets, s.all_datasets, row.datasets,
        row.types, s.state, s.reason, s.failing_since, s.start_position, s.version, s.created, s.updated,
        s.created_user, s.updated_user);
}

#define SELECT_SUBSCRIPTION                                                                                     \
  "SELECT number, id, org, sandbox, name, kind, target, secrets, all_datasets, datasets, types, state, reason," \
  " failing_since, start_position, version, created, updated, created_user, updated_user FROM subscription"

Subscription to_subscription(Row row) {
  row.subscription.datasets = std::move(row.datasets.values);
  row.subscription.types = std::move(row.types.values);
  return std::move(row.subscription);
}

std::vector<Subscription> to_subscriptions(std::vector<Row> rows) {
  std::vector<Subscription> made;
  for (Row& row : rows) made.push_back(to_subscription(std::move(row)));
  return made;
}

Status check_name_free(ReadTx& tx, const Subscription& wanted) {
  LG_ASSIGN(const auto other,
            find_row<SubscriptionId>(tx,
                                     "SELECT id FROM subscription WHERE org = :org AND sandbox = :sandbox"
                                     " AND name = :name AND number <> :number",
                                     wanted.scope.org, wanted.scope.sandbox, wanted.name, wanted.number));
  if (!other) return {};
  return fail(codes::conflict, "The sandbox has a subscription named '{}' already, {}. Choose another name.",
              wanted.name, *other);
}

Status write_datasets(Tx& tx, const Subscription& wanted) {
  if (static_cast<int64_t>(wanted.datasets.size()) > subscription_datasets_max) {
    return fail(codes::invalid_argument, "A subscription names {} datasets at most; found {}. Name none to get all.",
                subscription_datasets_max, wanted.datasets.size());
  }
  LG_TRY(change_rows(tx, "DELETE FROM subscription_dataset WHERE subscription = :number", wanted.number));
  for (const std::string& dataset : wanted.datasets) {
    LG_ASSIGN(const int64_t added, change_rows(tx,
                                               "INSERT OR IGNORE INTO subscription_dataset (subscription, dataset_id)"
                                               " SELECT :number, id FROM dataset WHERE id = :dataset AND org = :org"
                                               " AND sandbox = :sandbox AND deleted = 0",
                                               wanted.number, dataset, wanted.scope.org, wanted.scope.sandbox));
    if (added == 1) continue;
    return fail(codes::invalid_argument, "There is no dataset {} in the sandbox, or it is named twice.", dataset);
  }
  return {};
}

Status forget_other_lanes(Tx& tx, const Subscription& subscription) {
  if (subscription.all_datasets) return {};
  LG_TRY(change_rows(tx,
                     "DELETE FROM delivery_lane WHERE subscription = :number AND dataset_id NOT IN"
                     " (SELECT dataset_id FROM subscription_dataset WHERE subscription = :number_2)",
                     subscription.number, subscription.number));
  return {};
}

}  // namespace

Result<Subscription> insert_subscription(Tx& tx, Subscription subscription) {
  LG_TRY(check_name_free(tx, subscription));
  subscription.version = 1;
  // Never one that another had: whoever still knows a subscription that is gone must not take this one for it.
  LG_ASSIGN(const auto number,
            find_row<SubscriptionNumber>(tx,
                                         "UPDATE last_number SET number = number + 1 WHERE name = 'subscription'"
                                         " RETURNING number"));
  subscription.number = number.value();
  LG_TRY(change_rows(
      tx,
      "INSERT INTO subscription (number, id, org, sandbox, name, kind, target, secrets, all_datasets, datasets,"
      " types, state, reason, failing_since, start_position, version, created, updated, created_user,"
      " updated_user) VALUES (:number, :id, :org, :sandbox, :name, :kind, :target, :secrets, :all_datasets,"
      " :datasets, :types, :state, :reason, :failing_since, :start_position, :version, :created, :updated,"
      " :created_user, :updated_user)",
      subscription.number, subscription.id, subscription.scope.org, subscription.scope.sandbox, subscription.name,
      subscription.kind, subscription.target, subscription.secrets, subscription.all_datasets,
      Texts{subscription.datasets}, Texts{subscription.types}, subscription.state, subscription.reason,
      subscription.failing_since, subscription.start_position, subscription.version, subscription.created,
      subscription.updated, subscription.created_user, subscription.updated_user));
  LG_TRY(write_datasets(tx, subscription));
  tx.on_commit({.kind = Wake::Kind::subscription});
  return subscription;
}

Result<int64_t> count_subscriptions(ReadTx& tx, const Scope& scope) {
  LG_ASSIGN(const auto count,
            find_row<int64_t>(tx, "SELECT count(*) FROM subscription WHERE org = :org AND sandbox = :sandbox",
                              scope.org, scope.sandbox));
  return count.value_or(0);
}

Result<Subscription> find_subscription(ReadTx& tx, const Scope& scope, const SubscriptionId& id) {
  LG_ASSIGN(auto row, find_row<Row>(tx, SELECT_SUBSCRIPTION " WHERE id = :id AND org = :org AND sandbox = :sandbox", id,
                                    scope.org, scope.sandbox));
  if (!row) return fail(codes::not_found, "There is no subscription {}.", id);
  return to_subscription(*std::move(row));
}

Result<std::vector<Subscription>> list_subscriptions(ReadTx& tx, const Scope& scope, std::string_view after,
                                                     int64_t limit) {
  LG_ASSIGN(auto rows, find_rows<Row>(tx,
                                      SELECT_SUBSCRIPTION " WHERE org = :org AND sandbox = :sandbox AND name > :after"
                                                          " ORDER BY name LIMIT :limit",
                                      scope.org, scope.sandbox, after, limit));
  return to_subscriptions(std::move(rows));
}

Result<Subscription> update_subscription(Tx& tx, Subscription subscription) {
  LG_TRY(check_name_free(tx, subscription));
  LG_ASSIGN(const int64_t changed,
            change_rows(tx,
                        "UPDATE subscription SET name = :name, target = :target, secrets = :secrets,"
                        " all_datasets = :all_datasets, datasets = :datasets, types = :types, state = :state,"
                        " reason = :reason, failing_since = :failing_since, version = version + 1,"
                        " updated = :updated, updated_user = :user WHERE number = :number AND version = :version",
                        subscription.name, subscription.target, subscription.secrets, subscription.all_datasets,
                        Texts{subscription.datasets}, Texts{subscription.types}, subscription.state,
                        subscription.reason, subscription.failing_since, subscription.updated,
                        subscription.updated_user, subscription.number, subscription.version));
  if (changed == 0) {
    return fail(codes::conflict, "Subscription {} was changed or removed at the same time. Read it again.",
                subscription.id);
  }
  ++subscription.version;
  LG_TRY(write_datasets(tx, subscription));
  LG_TRY(forget_other_lanes(tx, subscription));
  if (subscription.state == SubscriptionState::active) {
    LG_TRY(change_rows(tx,
                       "UPDATE delivery_lane SET due = :now, attempts = 0 WHERE subscription = :number"
                       " AND (due > :now_2 OR attempts > 0)",
                       subscription.updated, subscription.number, subscription.updated));
  }
  tx.on_commit({.kind = Wake::Kind::subscription});
  return subscription;
}

Status remove_subscription(Tx& tx, SubscriptionNumber number) {
  LG_TRY(change_rows(tx, "DELETE FROM dead_letter WHERE subscription = :number", number));
  LG_TRY(change_rows(tx, "DELETE FROM delivery_lane WHERE subscription = :number", number));
  LG_TRY(change_rows(tx, "DELETE FROM subscription_dataset WHERE subscription = :number", number));
  LG_TRY(change_rows(tx, "DELETE FROM subscription WHERE number = :number", number));
  tx.on_commit({.kind = Wake::Kind::subscription});
  return {};
}

Result<int64_t> remove_subscriptions(Tx& tx, const Scope& scope) {
  LG_ASSIGN(const int64_t count, count_subscriptions(tx, scope));
  LG_ASSIGN(const auto numbers,
            find_rows<SubscriptionNumber>(tx,
                                          "SELECT number FROM subscription WHERE org = :org AND sandbox = :sandbox"
                                          " ORDER BY name LIMIT :count",
                                          scope.org, scope.sandbox, count));
  for (const SubscriptionNumber number : numbers) LG_TRY(remove_subscription(tx, number));
  return count;
}

Result<std::vector<Subscription>> get_running_subscriptions(ReadTx& tx, SubscriptionNumber after, int64_t limit) {
  LG_ASSIGN(auto rows,
            find_rows<Row>(tx,
                           SELECT_SUBSCRIPTION " WHERE number > :after AND state = 'active' AND EXISTS (SELECT 1"
                                               " FROM org o WHERE o.number = subscription.org AND o.state = 'enabled')"
                                               " ORDER BY number LIMIT :limit",
                           after, limit));
  return to_subscriptions(std::move(rows));
}

Result<std::optional<Subscription>> get_subscription(ReadTx& tx, SubscriptionNumber number) {
  LG_ASSIGN(auto row, find_row<Row>(tx, SELECT_SUBSCRIPTION " WHERE number = :number", number));
  if (!row) return std::nullopt;
  return to_subscription(*std::move(row));
}

Status suspend_subscription(Tx& tx, SubscriptionNumber number, std::string_view reason, Millis now) {
  LG_TRY(change_rows(tx,
                     "UPDATE subscription SET state = 'suspended', reason = :reason, version = version + 1,"
                     " updated = :now WHERE number = :number AND state = 'active'",
                     reason, now, number));
  return {};
}

Status set_failing_since(Tx& tx, SubscriptionNumber number, std::optional<Millis> since) {
  LG_TRY(change_rows(tx, "UPDATE subscription SET failing_since = :since WHERE number = :number", since, number));
  return {};
}

}  // namespace lakegate::ledger
