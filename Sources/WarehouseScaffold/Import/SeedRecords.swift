import WarehouseBasics

/// The rows of a seed's file, to find out the types of its columns.
struct SeedRecords {
    let header: [String]
    private let rows: [[String]]
    let isUneven: Bool
    /// Whether there are no rows below the header.
    var isEmpty: Bool { rows.isEmpty }

    /// nil for a file without a header, or with names that are empty or stand twice.
    init?(_ csv: String) {
        var records: [[String]] = [], fields: [String] = [], field: [UInt8] = []
        var isQuoted = false, wasQuoted = false
        var bytes = Array(csv.utf8)[...]
        func text() -> String { String(decoding: field, as: UTF8.self) }
        while let byte = bytes.popFirst() {
            if isQuoted {
                if byte != 34 { field.append(byte) }
                else if bytes.first == 34 { field.append(34); bytes.removeFirst() }
                else { isQuoted = false }
            } else if byte == 34, field.isEmpty, !wasQuoted {
                (isQuoted, wasQuoted) = (true, true)
            } else if byte == 44 {
                fields.append(text())
                (field, wasQuoted) = ([], false)
            } else if byte == 10 || byte == 13 {
                if byte == 13, bytes.first == 10 { bytes.removeFirst() }
                if !fields.isEmpty || !field.isEmpty || wasQuoted { records.append(fields + [text()]) }
                (fields, field, wasQuoted) = ([], [], false)
            } else {
                field.append(byte)
            }
        }
        if !fields.isEmpty || !field.isEmpty || wasQuoted { records.append(fields + [text()]) }
        guard !isQuoted, let header = records.first, header.allSatisfy({ !$0.trimmingSpaces.isEmpty }),
              Set(header.map { Identifiers.folded($0.trimmingSpaces) }).count == header.count else { return nil }
        self.header = header
        isUneven = records.contains { $0.count != header.count }
        rows = Array(records.dropFirst())
    }

    /// The values of a column, the most frequent first; among those as frequent the one that stands first.
    func values(of column: Int) -> [String] {
        var counts: [String: Int] = [:], order: [String] = []
        for row in rows where row.indices.contains(column) {
            let text = row[column].trimmingSpaces
            guard !text.isEmpty, text.lowercased() != "null" else { continue }
            if counts[text] == nil { order.append(text) }
            counts[text, default: 0] += 1
        }
        let places = order.enumerated().sorted { (counts[$0.element] ?? 0, -$0.offset) > (counts[$1.element] ?? 0, -$1.offset) }
        return places.map(\.element)
    }

    /// The narrowest type that all values of a column have; text when there are none.
    func type(of column: Int) -> LogicalType {
        let values = rows.compactMap { row -> String? in
            guard row.indices.contains(column) else { return nil }
            let text = row[column].trimmingSpaces
            return text.isEmpty || text.lowercased() == "null" ? nil : text
        }
        guard !values.isEmpty else { return .text }
        if values.allSatisfy({ Int64($0) != nil }) { return .integer }
        if values.allSatisfy({ $0.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || [43, 45, 46, 69, 101].contains($0) }
            && Double($0)?.isFinite == true }) { return .float }
        if values.allSatisfy({ ["true", "false"].contains($0.lowercased()) }) { return .boolean }
        if values.allSatisfy(SeedRecords.isDate) { return .date }
        if values.allSatisfy(SeedRecords.isTimestamp) { return .timestampNTZ(scale: 9) }
        return .text
    }

    /// `2026-01-31`.
    private static func isDate(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 45, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
              let year = Int(String(parts[0]) ?? ""), let month = Int(String(parts[1]) ?? ""),
              let day = Int(String(parts[2]) ?? "") else { return false }
        return CivilDate(checkedYear: year, month: month, day: day) != nil
    }

    /// `2026-01-31 09:15:00`, with `T` and a fraction where there are any.
    private static func isTimestamp(_ text: String) -> Bool {
        guard text.utf8.count >= 19, isDate(String(text.prefix(10))) else { return false }
        let time = Array(text.utf8.dropFirst(10))
        func two(_ at: Int) -> Int? { Int(String(decoding: time[at..<(at + 2)], as: UTF8.self)) }
        guard time[0] == 32 || time[0] == 84, time[3] == 58, time[6] == 58, let hour = two(1), let minute = two(4),
              let second = two(7), hour < 24, minute < 60, second < 60 else { return false }
        return time.count == 9 || (time[9] == 46 && time.count > 10 && time[10...].allSatisfy { $0 >= 48 && $0 <= 57 })
    }
}
