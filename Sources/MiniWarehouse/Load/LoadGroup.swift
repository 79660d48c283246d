import WarehouseBasics
import WarehouseIngest

/// A staged file and what its beginning told.
struct LoadableFile {
    let file: StagedFile
    let sniffed: SniffedFile
    /// Columns, as the table calls them; empty for JSON.
    let columns: [String]

    init(_ file: StagedFile, _ sniffed: SniffedFile) {
        self.file = file
        self.sniffed = sniffed
        switch sniffed.kind {
        case .json: columns = []
        case .csv:
            let names = sniffed.names ?? Array(repeating: "", count: sniffed.width)
            columns = ColumnNaming.columns(names)
        }
    }

    var isJSON: Bool {
        if case .json = sniffed.kind { return true }
        return false
    }
}

/// A column that JSON documents fill: by the value of a key, or whole.
struct DocumentColumn {
    let column: TableColumn
    let key: String?
}

/// Files that make one table.
struct LoadGroup {
    /// Parts of the table's name.
    var table: [String]
    var files: [LoadableFile]
    /// Of JSON, once they are known: the columns with the keys that fill them.
    var keys: [DocumentColumn]?

    /// Divides files into tables, by their names.
    static func groups(_ files: [LoadableFile]) throws -> [LoadGroup] {
        struct Key: Hashable { var name: String, isJSON: Bool, columns: [String] }
        var byShard: [Key: [LoadableFile]] = [:]
        for file in files {
            byShard[Key(name: shard(file), isJSON: file.isJSON, columns: file.columns), default: []].append(file)
        }
        var tables: [String: (name: String, files: [LoadableFile])] = [:], order: [String] = []
        for file in files {
            let key = Key(name: shard(file), isJSON: file.isJSON, columns: file.columns)
            let together = byShard[key] ?? []
            let name = together.count > 1 && !key.name.isEmpty ? key.name : whole(file)
            if let other = tables[name] {
                guard other.files[0].columns == file.columns, other.files[0].isJSON == file.isJSON else {
                    throw differ(other.files[0], file, table: name)
                }
                tables[name]?.files.append(file)
            } else {
                tables[name] = (name, [file])
                order.append(name)
            }
        }
        return order.compactMap { name in tables[name].map { LoadGroup(table: [$0.name], files: $0.files) } }
    }

    static func differ(_ a: LoadableFile, _ b: LoadableFile, table: String) -> WarehouseError {
        WarehouseError(
            .invalidValue, "'\(a.file.path)' and '\(b.file.path)' have different columns and cannot both be loaded into "
                + "\(table).", hint: "Load them one by one, each with --table.")
    }

    private static func whole(_ file: LoadableFile) -> String {
        let name = ColumnNaming.identifier(FileNameParts(file.file.path).stem)
        return name.isEmpty ? "DATA" : name
    }

    /// The name without the numbers at its end: RATINGS of `ratings_2024-01` and `ratings_2024-02`.
    private static func shard(_ file: LoadableFile) -> String {
        var name = whole(file)
        while let last = name.last, last.isNumber || last == "_" { name.removeLast() }
        return name
    }
}
