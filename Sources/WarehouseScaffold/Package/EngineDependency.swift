import WarehouseBasics

/// Where a written package finds this one.
public enum EngineDependency: Sendable, Hashable {
    /// A folder of this machine.
    case folder(String)
    /// A repository, at a version or later ones that are compatible with it.
    case repository(String, from: String)
    /// A repository's branch.
    case branch(String, name: String)

    /// `location` is a folder, or a URL (`https://…`, `ssh://…`, `git@host:…`). Throws `usage` for what is neither.
    public init(_ location: String, branch: String?, version: String) throws(WarehouseError) {
        let isURL = location.utf8.split(separator: 58, maxSplits: 1).count == 2
            && (location.hasPrefix("git@") || location.contains("://"))
        guard isURL else {
            guard branch == nil else {
                throw WarehouseError(.usage, "--branch is of a repository; \(location) is a folder.")
            }
            guard Folders.isFile(location + "/Package.swift") else {
                throw WarehouseError(
                    .usage, "\(VisibleName.shown(location)) is neither a URL nor a folder with a Package.swift.",
                    hint: "Say where mlwh's own package is: --package DIR or --package URL.")
            }
            self = .folder(try Folders.absolute(location))
            return
        }
        if let branch { self = .branch(location, name: branch) } else { self = .repository(location, from: version) }
    }

    /// The line of Package.swift.
    var declaration: String {
        switch self {
        case .folder(let path):
            ".package(name: \"mlwh\", path: \(SwiftWords.literal(path)))"
        case .repository(let url, let version):
            ".package(url: \(SwiftWords.literal(url)), from: \(SwiftWords.literal(version)))"
        case .branch(let url, let name):
            ".package(url: \(SwiftWords.literal(url)), branch: \(SwiftWords.literal(name)))"
        }
    }

    /// What the manifest calls the package that its products are of: of a repository the URL's last part.
    var identity: String {
        let url: String
        switch self {
        case .folder: return "mlwh"
        case .repository(let location, _), .branch(let location, _): url = location
        }
        let last = url.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? "mlwh"
        return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }
}
