#include "verify/verify_output.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace lakegate::verify {
namespace {

namespace json = boost::json;

std::string finding_text(const Finding& finding) {
  const std::string_view repaired = finding.repaired ? " (repaired)" : "";
  std::string text =
      fmt::format("{}: {}{}\n  where     {}\n  found     {}\n  expected  {}\n", to_string(finding.kind.severity),
                  finding.kind.id, repaired, finding.where, finding.found, finding.expected);
  if (!finding.repaired) text += fmt::format("  to do     {}\n", finding.kind.remedy);
  return text + "\n";
}

std::string sum_text(const VerifyReport& report, bool repair) {
  const Findings& findings = report.findings;
  if (findings.damage_count() > 0) {
    return fmt::format("DAMAGED: {} findings of damage, {} leftovers. docs/verify.md explains each.{}\n",
                       findings.damage_count(), findings.leftover_count(),
                       repair && findings.repaired_count() == 0 ? " Nothing was repaired." : "");
  }
  if (findings.leftover_count() == 0) return "sound: no finding\n";
  return fmt::format("sound: no damage; {} leftovers that nobody needs{}\n", findings.leftover_count(),
                     repair ? fmt::format(", {} of them removed", findings.repaired_count()) : "");
}

}  // namespace

std::string to_text(const VerifyReport& report, bool repair) {
  std::string text;
  for (const Finding& finding : report.findings.kept()) text += finding_text(finding);
  if (report.findings.left_out() > 0) text += fmt::format("… and {} more\n\n", report.findings.left_out());
  const Checked& checked = report.checked;
  text += fmt::format(
      "looked at {} batches, {} objects ({} of them to be removed when their time is over), {} tables with {} "
      "snapshots; "
      "{} files and {} rows can be read now; {} bytes were read\n",
      checked.batches, checked.objects, checked.condemned, checked.tables, checked.snapshots, checked.data_files,
      checked.rows, checked.bytes_hashed);
  return text + sum_text(report, repair);
}

std::string to_json(const VerifyReport& report) {
  json::array findings;
  for (const Finding& finding : report.findings.kept()) {
    findings.push_back(json::object{{"code", finding.kind.id},
                                    {"severity", to_string(finding.kind.severity)},
                                    {"where", finding.where},
                                    {"found", finding.found},
                                    {"expected", finding.expected},
                                    {"toDo", finding.kind.remedy},
                                    {"repaired", finding.repaired}});
  }
  const Checked& checked = report.checked;
  const json::object document{{"sound", report.is_sound()},
                              {"damageCount", report.findings.damage_count()},
                              {"leftoverCount", report.findings.leftover_count()},
                              {"repairedCount", report.findings.repaired_count()},
                              {"checked", json::object{{"batches", checked.batches},
                                                       {"objects", checked.objects},
                                                       {"condemnedObjects", checked.condemned},
                                                       {"tables", checked.tables},
                                                       {"snapshots", checked.snapshots},
                                                       {"dataFiles", checked.data_files},
                                                       {"rows", checked.rows},
                                                       {"bytesRead", checked.bytes_hashed}}},
                              {"findings", std::move(findings)}};
  return json::serialize(document);
}

}  // namespace lakegate::verify
