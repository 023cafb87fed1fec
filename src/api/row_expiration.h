// What a dataset shows of the time that its batches stay where it has none of its own: the server's setting.
#pragma once

#include <boost/json/object.hpp>

#include "api/catalog.h"

namespace lakegate::api {

// Adds extensions.adobe_lakeHouse.rowExpiration {"ttlValue": "P30D", "valueStatus": "default"} where the setting
// storage.batch_time_to_live applies to the dataset. Never to what a change starts from: it would be stored.
void show_default_expiration(const CatalogRoutes& parts, boost::json::object& dataset);

}  // namespace lakegate::api
