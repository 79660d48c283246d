/// Rules of names: unquoted ones fold to upper case; `"x"` keeps its case.
public enum Identifiers {
    public static let maximumLength = 255

    /// Upper-cases the ASCII letters of an unquoted name.
    public static func folded(_ name: String) -> String {
        String(decoding: name.utf8.map { $0 >= 97 && $0 <= 122 ? $0 - 32 : $0 }, as: UTF8.self)
    }

    /// Whether `name` (as stored, that is folded) reads back as itself without quotes.
    public static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, first == 95 || (first >= 65 && first <= 90) else { return false }
        return name.utf8.allSatisfy { ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 95 || $0 == 36 }
    }

    /// The stored name as it must be written in SQL: quoted only where needed.
    public static func quoted(_ name: String) -> String {
        isPlain(name) ? name : "\"" + name.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    /// The candidates nearest to `name`, best first: for "did you mean" hints. At most `limit`, within a third
    /// of the name's length in edits, and with at least one letter in common.
    public static func near(_ name: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        let wanted = Array(folded(name).utf8)
        let allowed = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for candidate in candidates {
            let other = Array(folded(candidate).utf8)
            guard abs(other.count - wanted.count) <= allowed else { continue }
            let distance = editDistance(wanted, other)
            if distance <= allowed, distance < max(wanted.count, other.count) { found.append((distance, candidate)) }
        }
        found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return found.prefix(limit).map(\.name)
    }

    /// `Did you mean A or B?`, or nil when nothing is near.
    public static func hint(for name: String, in candidates: some Sequence<String>) -> String? {
        let names = near(name, in: candidates)
        return names.isEmpty ? nil : "Did you mean \(names.joined(separator: " or "))?"
    }

    /// Levenshtein distance where two neighbours that changed places count once, three rows of the table at a time.
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count), beforeThat: [Int] = []
        for (i, x) in a.enumerated() {
            var current = [i + 1]
            current.reserveCapacity(b.count + 1)
            for (j, y) in b.enumerated() {
                var cost = min(previous[j] + (x == y ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, x == b[j - 1], a[i - 1] == y { cost = min(cost, beforeThat[j - 1] + 1) }
                current.append(cost)
            }
            beforeThat = previous
            previous = current
        }
        return previous[b.count]
    }
}

/// A resolved three-part name.
public struct ObjectName: Hashable, Sendable, CustomStringConvertible {
    public var database: String
    public var schema: String
    public var name: String

    public init(database: String, schema: String, name: String) {
        self.database = database
        self.schema = schema
        self.name = name
    }

    public var description: String {
        [database, schema, name].map(Identifiers.quoted).joined(separator: ".")
    }
}
