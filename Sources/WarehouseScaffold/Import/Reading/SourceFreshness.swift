/// How old a source may be, as a dbt project says of it and of its tables.
struct SourceFreshness {
    /// Members of the source's type; none where nothing is said.
    private(set) var lines: [String] = []

    /// What the table says goes before what the source says; `freshness: null` there says that it is not looked at.
    init(of source: YAMLValue, _ table: YAMLValue) {
        func said(_ name: String) -> [YAMLValue] {
            [table["config"], table, source["config"], source].flatMap { level in
                level.members.filter { $0.key == name }.map(\.value)
            }
        }
        let levels = said("freshness")
        guard let first = levels.first, !first.isNull else { return }
        func age(_ name: String) -> String? {
            for level in levels {
                guard let found = level.members.first(where: { $0.key == name })?.value else { continue }
                guard let count = found["count"].text.flatMap({ Int($0) }), let period = found["period"].text,
                      ["minute", "hour", "day"].contains(period) else { return nil }
                return ".\(period)s(\(count))"
            }
            return nil
        }
        let ages = [("warnAfter", age("warn_after")), ("errorAfter", age("error_after"))].compactMap { name, age in
            age.map { "\(name): \($0)" }
        }
        guard !ages.isEmpty else { return }
        lines = ["    static let freshness: Freshness? = Freshness(\(ages.joined(separator: ", ")))"]
        let filter = levels.lazy.compactMap { $0["filter"].text }.first.map { " WHERE \($0)" } ?? ""
        // Without either it goes by when the table was last changed.
        let field = said("loaded_at_field").first?.text, query = said("loaded_at_query").first?.text
        if let query = query ?? field.map({ "SELECT MAX(\($0)) FROM {{ this }}" + filter }) {
            lines.append("    static let loadedAtQuery: String? = \(SwiftWords.literal(query))")
        }
    }
}
