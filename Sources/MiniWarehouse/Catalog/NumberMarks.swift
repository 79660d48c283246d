import WarehouseStorage

/// Where sequences and identity columns stand, as noted in their catalog entries.
enum NumberMarks {
    static let next = "NEXT"

    static func identity(_ column: Int) -> String { "IDENTITY.\(column)" }

    /// The entries of `base` that stand elsewhere in `later`, standing where they do there.
    static func advanced(_ base: [ObjectID: CatalogEntry], to later: [ObjectID: CatalogEntry]) -> [CatalogEntry] {
        var result: [CatalogEntry] = []
        for (id, entry) in base where entry.kind == .sequence || entry.columns.contains(where: { $0.identity != nil }) {
            guard let moved = later[id]?.attributes else { continue }
            let keys = entry.kind == .sequence ? [next] : entry.columns.indices.map(identity)
            var entry = entry, isMoved = false
            for key in keys where moved[key]?.integer != nil && moved[key]?.integer != entry.attributes[key]?.integer {
                entry.attributes[key] = moved[key]
                isMoved = true
            }
            if isMoved { result.append(entry) }
        }
        return result.sorted { $0.id < $1.id }
    }
}
