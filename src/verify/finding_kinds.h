// The kinds of findings that are not rules among the ledger's rows (ledger/inspection_rules.cc has those). Each has its
// row in docs/verify.md; a test compares.
#pragma once

#include "verify/finding.h"

namespace lakegate::verify::kinds {

inline constexpr std::string_view restore =
    "Take it from a backup, or have its batch sent again: revert the batch, load its files anew.";
inline constexpr std::string_view report_it =
    "Nothing a user does leads there: keep a copy of the folder and report it with this finding.";
inline constexpr std::string_view start_or_repair = "The next start of the server removes it, and so does --repair.";

// The ledger's file
inline constexpr FindingKind ledger_damaged{
    "ledger-damaged", Severity::damage,
    "The file or the disk is damaged: look at the disk, then restore the folder from a backup."};
inline constexpr FindingKind ledger_reference{"ledger-reference", Severity::damage, report_it};
// A rule among its rows is broken: the finding has the rule's id.
inline constexpr FindingKind ledger_rule{"ledger-rule", Severity::damage, report_it};

// Bytes of objects
inline constexpr FindingKind object_missing{"object-missing", Severity::damage, restore};
inline constexpr FindingKind object_short{"object-short", Severity::damage, restore};
inline constexpr FindingKind object_unreadable{"object-unreadable", Severity::damage, restore};
inline constexpr FindingKind content_changed{"content-changed", Severity::damage, restore};
inline constexpr FindingKind digest_changed{"digest-changed", Severity::damage, restore};
inline constexpr FindingKind report_unreadable{"report-unreadable", Severity::damage, report_it};
inline constexpr FindingKind footer_unreadable{"footer-unreadable", Severity::damage, restore};
inline constexpr FindingKind footer_rows{"footer-rows", Severity::damage, restore};

// Tables
inline constexpr FindingKind list_unreadable{"manifest-list-unreadable", Severity::damage, restore};
inline constexpr FindingKind list_differs{"manifest-list-differs", Severity::damage, report_it};
inline constexpr FindingKind manifest_unreadable{"manifest-unreadable", Severity::damage, restore};
inline constexpr FindingKind manifest_differs{"manifest-differs", Severity::damage, report_it};
inline constexpr FindingKind location_elsewhere{"location-elsewhere", Severity::damage, report_it};
inline constexpr FindingKind folder_moved{
    "folder-moved", Severity::leftover,
    "The next start of the server writes the tables' files anew with the present place. Until then readers that use "
    "them look at the former one."};
inline constexpr FindingKind file_not_in_table{"file-not-in-table", Severity::damage, report_it};
inline constexpr FindingKind file_without_batch{"file-without-batch", Severity::damage, report_it};
inline constexpr FindingKind file_twice{"file-twice", Severity::damage, report_it};
inline constexpr FindingKind file_differs{"file-differs", Severity::damage, report_it};
inline constexpr FindingKind file_gone{"file-gone", Severity::damage, report_it};
inline constexpr FindingKind summary_differs{"summary-differs", Severity::damage, report_it};
inline constexpr FindingKind metadata_unreadable{"metadata-unreadable", Severity::damage, restore};
inline constexpr FindingKind metadata_differs{"metadata-differs", Severity::damage, report_it};
inline constexpr FindingKind metadata_behind{"metadata-behind", Severity::leftover,
                                             "The next start of the server writes it; the catalog does not need it."};

// What lies about
inline constexpr FindingKind tail_unfinished{"tail-unfinished", Severity::leftover,
                                             "The server cuts it off when it judges the file; --repair cuts it now."};
inline constexpr FindingKind object_unfinished{"object-unfinished", Severity::leftover, start_or_repair};
inline constexpr FindingKind orphan{"orphan", Severity::leftover,
                                    "--repair removes it; so does a start after an unclean stop."};
inline constexpr FindingKind newer_than_ledger{
    "newer-than-ledger", Severity::damage,
    "Was the ledger put back from an older copy? Then put back the newer one. --repair leaves it alone; remove it by "
    "hand if it is not needed."};

}  // namespace lakegate::verify::kinds
