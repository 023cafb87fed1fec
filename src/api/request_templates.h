// Templates of a multi-request: "<<first.id>>" in a later request stands for what the answer to an earlier one said.
#pragma once

#include <boost/json/value.hpp>

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakegate::api {

// The value that stands for a request's id and a field of its answer. `invalid_argument` names what is not there.
using TemplateValue = std::function<Result<std::string>(std::string_view request, std::string_view field)>;

// All templates of the text; one without a field means "id". Anything else between the marks stays as it is.
Result<std::string> fill_templates(std::string_view text, const TemplateValue& value_of);

// The same in all texts of a value, keys too, at any depth.
Result<boost::json::value> fill_all_templates(const boost::json::value& value, const TemplateValue& value_of);

}  // namespace lakegate::api
