import WarehouseBasics

// What is added to: incremental models and snapshots.
extension ResourceWriter {
    /// How an incremental model is kept, and which of its rows may be replaced.
    mutating func incremental() -> [String] {
        var text = strategy()
        let changes = ["append_new_columns": "appendNewColumns", "sync_all_columns": "syncAllColumns", "fail": "fail"]
        if let change = resource.text("on_schema_change").flatMap({ changes[$0] }) { text += ", onSchemaChange: .\(change)" }
        var lines = ["    static var materialized: Materialization<Columns> { .incremental(\(text)) }"]
        let predicates = (resource.setting("incremental_predicates") ?? resource.setting("predicates"))?.texts ?? []
        if !predicates.isEmpty {
            if predicates.contains(where: { $0.contains("DBT_INTERNAL_SOURCE") }) || text.hasPrefix(".append")
                || text.hasPrefix(".insertOverwrite") {
                note("incremental_predicates is not carried over: \(predicates.joined(separator: "; "))")
            } else {
                let condition = predicates.map { "(\($0))" }.joined(separator: " AND ")
                lines.append("    static func incrementalPredicate(_ existing: Columns) -> Predicate? { "
                    + "sql(condition: \(SwiftWords.literal(condition))) }")
            }
        }
        return lines
    }

    private mutating func strategy() -> String {
        let keys = resource.setting("unique_key")?.texts ?? []
        let wanted = resource.text("incremental_strategy") ?? (keys.isEmpty ? "append" : "merge")
        switch wanted {
        case "append": return ".append"
        case "insert_overwrite": return ".insertOverwrite"
        case "microbatch":
            if let text = microbatch() { return text }
            fallthrough
        default:
            if !["merge", "delete+insert"].contains(wanted) {
                note("incremental_strategy='\(wanted)' is not carried over; it becomes \(keys.isEmpty ? "append" : "merge")")
            }
            guard let paths = paths(keys, for: "unique_key"), !paths.isEmpty else { return ".append" }
            if wanted == "delete+insert" { return ".deleteInsert(by: \(paths.joined(separator: ", ")))" }
            for (setting, word) in [("merge_update_columns", "only"), ("merge_exclude_columns", "except")] {
                guard let columns = resource.setting(setting)?.texts, !columns.isEmpty,
                      let updated = self.paths(columns, for: setting) else { continue }
                return ".merge(on: [\(paths.joined(separator: ", "))], "
                    + "updating: .\(word)([\(updated.joined(separator: ", "))]))"
            }
            return ".merge(by: \(paths.joined(separator: ", ")))"
        }
    }

    /// nil, and a note, where what it needs is not said in a way that is known.
    private mutating func microbatch() -> String? {
        let begin = resource.text("begin") ?? "", size = resource.text("batch_size") ?? ""
        let parts = begin.prefix(10).split(separator: "-").compactMap { Int($0) }
        let isMidnight = begin.dropFirst(10).allSatisfy { "T 0:.Z+".contains($0) }
        guard parts.count == 3, CivilDate(checkedYear: parts[0], month: parts[1], day: parts[2]) != nil, isMidnight,
              ["hour", "day", "month", "year"].contains(size), resource.text("event_time") != nil else {
            note("microbatch is carried over with event_time, a batch_size and a begin that is a day; it becomes append or merge")
            return nil
        }
        let lookback = resource.text("lookback").flatMap { Int($0) } ?? 1
        let day = "Day(daysSinceEpoch: "
            + "\(CivilDate(year: parts[0], month: parts[1], day: parts[2]).daysSinceEpoch))"
        return ".microbatch(begin: \(day), size: .\(size)\(lookback == 1 ? "" : ", lookback: \(lookback)"))"
    }

    mutating func snapshot() -> [String] {
        var lines: [String] = []
        if let schema = resource.text("target_schema") {
            lines.append("    static let schema: String? = \(SwiftWords.literal(SQLNames.written(schema)))")
        } else if let schema = resource.text("schema") {
            let full = writer.project.hasOwnSchemaNames ? schema : "DEV_" + schema
            lines.append("    static let schema: String? = \(SwiftWords.literal(SQLNames.written(full)))")
        }
        if let deletes = resource.text("hard_deletes"), ["invalidate", "new_record"].contains(deletes) {
            lines.append("    static let hardDeletes = HardDeletes.\(deletes == "invalidate" ? "invalidate" : "newRecord")")
        } else if resource.setting("invalidate_hard_deletes")?.isTrue == true {
            lines.append("    static let hardDeletes = HardDeletes.invalidate")
        }
        lines += metaColumns()
        let keys = paths(resource.setting("unique_key")?.texts ?? [], for: "unique_key") ?? []
        lines.append("    static var key: [PartialKeyPath<Selected>] { [\(keys.joined(separator: ", "))] }")
        var strategy = ".checkAll()"
        let updated = resource.text("updated_at").flatMap { paths([$0], for: "updated_at")?.first }
        if resource.text("strategy") == "timestamp", let updated { strategy = ".timestamp(\(updated))" }
        else if case .list? = resource.setting("check_cols"),
                let columns = paths(resource.setting("check_cols")?.texts ?? [], for: "check_cols") {
            strategy = ".check([\(columns.joined(separator: ", "))]\(updated.map { ", updatedAt: \($0)" } ?? ""))"
        } else if let updated { strategy = ".checkAll(updatedAt: \(updated))" }
        lines.append("    static var strategy: SnapshotStrategy<Selected> { \(strategy) }")
        return lines
    }

    private mutating func metaColumns() -> [String] {
        var lines: [String] = []
        let names = [("dbt_scd_id", "scdID"), ("dbt_updated_at", "updatedAt"), ("dbt_valid_from", "validFrom"),
                     ("dbt_valid_to", "validTo"), ("dbt_is_deleted", "isDeleted")]
        if let given = resource.setting("snapshot_meta_column_names") {
            let arguments = names.compactMap { name, label in
                given[name].map { "\(label): \(SwiftWords.literal($0.text))" }
            }
            if !arguments.isEmpty {
                lines.append("    static let metaColumns = MetaColumns(\(arguments.joined(separator: ", ")))")
            }
        }
        if let end = resource.text("dbt_valid_to_current") {
            // Of `to_date('9999-12-31')` the constant within.
            let quoted = end.split(separator: "'", omittingEmptySubsequences: false)
            let time = quoted.count >= 3 ? String(quoted[1]) : end
            if TimestampText.parseTimestamp(time).map({ !$0.isEpoch && !$0.hasOffset }) == true {
                lines.append("    static let validToCurrent = LocalDateTime(text: \(SwiftWords.literal(time)))")
            } else {
                note("dbt_valid_to_current='\(end)' is not carried over: it names no point of time")
            }
        }
        return lines
    }
}
