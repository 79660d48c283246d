#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics

/// One of the six tables and the file that fills it.
struct DemoFile {
    var table: String
    var columnCount: Int
    /// Whether the last column is a time, in epoch seconds or as text.
    var endsInTime: Bool
    /// File names without extension, the usual one first.
    var names: [String]
    /// What stands without it: an error, or an empty table and a notice.
    var isOptional: Bool

    static let all = [
        DemoFile(table: "RAW_MOVIES", columnCount: 3, endsInTime: false, names: ["movies", "movie"], isOptional: false),
        DemoFile(table: "RAW_RATINGS", columnCount: 4, endsInTime: true, names: ["ratings", "rating"],
                 isOptional: false),
        DemoFile(table: "RAW_TAGS", columnCount: 4, endsInTime: true, names: ["tags", "tag"], isOptional: false),
        DemoFile(table: "RAW_LINKS", columnCount: 3, endsInTime: false, names: ["links", "link"], isOptional: true),
        DemoFile(table: "RAW_GENOME_TAGS", columnCount: 2, endsInTime: false,
                 names: ["genome-tags", "genome_tags", "genome-tag", "genome_tag"], isOptional: true),
        DemoFile(table: "RAW_GENOME_SCORES", columnCount: 3, endsInTime: false,
                 names: ["genome-scores", "genome_scores", "genome-score", "genome_score"], isOptional: true),
    ]
}

/// A folder of MovieLens files, under whichever of their usual names.
struct DemoData {
    let directory: String
    /// File names by table.
    private(set) var files: [String: String] = [:]

    /// Looks for the six files; a plain file goes before its `.gz`. Throws, naming all, when one that must be there is
    /// missing.
    init(directory: String) throws {
        self.directory = directory.hasPrefix("/") ? directory : DemoData.workingDirectory + "/" + directory
        guard let names = DemoData.list(self.directory) else {
            throw WarehouseError(.fileNotFound, "The folder \(directory) cannot be read.",
                                 hint: "--data needs a folder of MovieLens CSV files.")
        }
        let present = Set(names)
        var missing: [String] = []
        for file in DemoFile.all {
            let candidates = file.names.flatMap { ["\($0).csv", "\($0).csv.gz"] }
            if let found = candidates.first(where: present.contains) { files[file.table] = found }
            else if !file.isOptional { missing.append("\(file.names[0]).csv") }
        }
        guard missing.isEmpty else {
            throw WarehouseError(
                .fileNotFound, "The folder \(directory) has no \(missing.joined(separator: ", no ")).",
                hint: "Also looked for .csv.gz and for the names \(DemoFile.all.flatMap(\.names).joined(separator: ", ")).")
        }
    }

    private static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "." }
        defer { free(path) }
        return String(cString: path)
    }

    /// Names in a folder; nil where it cannot be read.
    static func list(_ path: String) -> [String]? {
        guard let handle = opendir(path) else { return nil }
        defer { closedir(handle) }
        var names: [String] = []
        while let item = readdir(handle) {
            names.append(withUnsafeBytes(of: &item.pointee.d_name) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            })
        }
        return names
    }
}
