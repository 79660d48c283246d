import WarehouseBasics
import WarehouseColumns

/// How often values came, the first of equal ones standing for them.
struct FrequencyTable {
    private var places: [UInt64: [Int]] = [:]
    private(set) var entries: [(value: VariantView, count: Int128)] = []

    mutating func add(_ value: VariantView, count: Int128 = 1) {
        let hash = value.hash()
        for place in places[hash] ?? [] where VariantView.compare(entries[place].value, value) == 0 {
            let (sum, overflow) = entries[place].count.addingReportingOverflow(count)
            entries[place].count = overflow ? .max : sum
            return
        }
        places[hash, default: []].append(entries.count)
        entries.append((value, count))
    }

    /// The most frequent, at most `limit`; those of one frequency in the order they came.
    func top(_ limit: Int) -> [(value: VariantView, count: Int128)] {
        let order = entries.indices.sorted {
            entries[$0].count != entries[$1].count ? entries[$0].count > entries[$1].count : $0 < $1
        }
        return order.prefix(limit).map { entries[$0] }
    }

    /// `[[value, count], …]`
    static func write(_ entries: [(value: VariantView, count: Int128)], to builder: VariantBuilder) throws {
        try builder.beginArray()
        for entry in entries {
            try builder.beginArray()
            builder.value(entry.value)
            builder.integer(entry.count)
            try builder.endArray()
        }
        try builder.endArray()
    }

    /// A state: the entries, and how many may be kept.
    static func writeState(_ entries: [(value: VariantView, count: Int128)], counters: Int,
                           to builder: VariantBuilder) throws {
        try builder.beginObject()
        builder.key("counters")
        builder.integer(Int128(counters))
        builder.key("state")
        try write(entries, to: builder)
        builder.key("type")
        builder.string("frequencies")
        builder.key("version")
        builder.integer(1)
        try builder.endObject()
    }

    /// Adds a state's entries; gives how many it may keep.
    mutating func addState(_ state: VariantView) throws -> Int {
        func invalid() -> WarehouseError {
            WarehouseError(.invalidValue, "The value is not a state of APPROX_TOP_K_ACCUMULATE.")
        }
        guard let list = state.find("state"), list.kind == .array, let counters = state.find("counters"),
              counters.kind == .integer, let limit = Int(exactly: counters.unscaled), limit > 0 else { throw invalid() }
        for index in 0..<list.elementCount {
            let pair = list[index]
            guard pair.kind == .array, pair.elementCount == 2, pair[1].kind == .integer else { throw invalid() }
            add(pair[0], count: pair[1].unscaled)
        }
        return limit
    }
}
