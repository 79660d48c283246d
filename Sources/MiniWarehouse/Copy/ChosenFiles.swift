import WarehouseBasics
import WarehouseSQL

/// The files of a stage that a COPY's location, FILES and PATTERN choose.
struct ChosenFiles {
    /// By path, or in the order of FILES.
    private(set) var files: [StagedFile] = []
    /// Names of FILES that the stage does not have, as messages show them.
    private(set) var missing: [String] = []
    /// All of FILES in their order, as messages show them; empty where it is not given.
    private var order: [String: Int] = [:]

    /// A named file that is missing ends the statement, unless ON_ERROR says that files in error do not.
    init(_ stage: ResolvedStage, _ location: StageLocation, _ options: CopyOptions) throws {
        guard let names = options.files else {
            files = try stage.list(prefix: location.path, pattern: options.pattern)
            return
        }
        let paths = names.map { ChosenFiles.paths(location.path, $0) }
        // One listing of what can be meant, not of a whole bucket or folder.
        let prefix = ChosenFiles.commonPrefix(paths.flatMap { $0 })
        let all = try stage.list(prefix: prefix, pattern: nil)
        let byPath = Dictionary(all.map { ($0.path, $0) }) { first, _ in first }
        let matching = try options.pattern.map { pattern in
            Set(try stage.list(prefix: prefix, pattern: pattern).map(\.path))
        }
        var taken: Set<String> = []
        for (name, paths) in zip(names, paths) {
            guard let file = paths.lazy.compactMap({ byPath[$0] }).first else {
                let path = paths.last ?? name
                guard options.onError != .abort, options.validation == nil else {
                    throw try ChosenFiles.absent(path, stage, location)
                }
                if taken.insert(path).inserted {
                    order[stage.displayPrefix + path] = order.count
                    missing.append(stage.displayPrefix + path)
                }
                continue
            }
            guard taken.insert(file.path).inserted, matching?.contains(file.path) ?? true else { continue }
            order[stage.displayPrefix + file.path] = order.count
            files.append(file)
        }
    }

    /// What became of the files, as FILES names them.
    func ordered(_ outcomes: [CopyOutcome]) -> [CopyOutcome] {
        guard !order.isEmpty else { return outcomes }
        return outcomes.sorted { order[$0.file] ?? .max < order[$1.file] ?? .max }
    }

    /// What a name of FILES can mean: it continues the location as it stands, or lies in the folder of that name.
    private static func paths(_ location: String, _ name: String) -> [String] {
        let relative = String(name.drop { $0 == "/" })
        guard !location.isEmpty, !location.hasSuffix("/") else { return [location + relative] }
        let within = location + "/" + relative
        return name.hasPrefix("/") ? [within] : [location + name, within]
    }

    private static func commonPrefix(_ names: [String]) -> String {
        guard var prefix = names.first else { return "" }
        for name in names {
            while !name.hasPrefix(prefix) { prefix.removeLast() }
        }
        return prefix
    }

    private static func absent(_ path: String, _ stage: ResolvedStage, _ location: StageLocation) throws -> WarehouseError {
        WarehouseError(
            .fileNotFound, "Remote file '\(stage.displayPrefix)\(path)' was not found.",
            hint: Identifiers.hint(for: path, in: try stage.list(prefix: location.path, pattern: nil).map(\.path)))
    }
}
