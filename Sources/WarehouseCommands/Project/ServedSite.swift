#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import MiniWarehouse
import WarehouseBasics
import WarehouseDocs
import WarehouseModels

/// The documentation as it stands: made again when the warehouse or the artifacts have changed since it was asked for last.
/// Only relations that have changed are looked into again.
final class ServedSite: Sendable {
    /// What the page was made of.
    private struct Mark: Hashable {
        var version: UInt64
        /// Size and time of the artifacts that the page shows.
        var files: [String]
    }
    private struct State {
        var site: DocumentationSite
        var mark: Mark
        var isBeingMade = false
    }
    private let graph: ProjectGraph
    private let options: DocumentationSite.Options
    private let state: Lock<State>

    /// Makes the page for the first time, however long that takes.
    init(graph: ProjectGraph, options: DocumentationSite.Options, session: Session) throws {
        var options = options
        options.profiles = ProfileCache()
        self.graph = graph
        self.options = options
        let mark = try ServedSite.mark(session, options)
        state = Lock(State(site: try DocumentationSite(graph: graph, session: session, options: options), mark: mark))
        for problem in state.withLock(\.site).report.problems { TextOutput.standardError.note("mlwh: \(problem)\n") }
    }

    /// The page. While it is made for one request, others get the one before; so do all when the session was stopped, since
    /// that took too long.
    func current(_ session: Session) throws -> DocumentationSite {
        let mark = try ServedSite.mark(session, options)
        let isOld = state.withLock { state in
            guard state.mark != mark, !state.isBeingMade else { return false }
            state.isBeingMade = true
            return true
        }
        guard isOld else { return state.withLock(\.site) }
        defer { state.withLock { $0.isBeingMade = false } }
        do {
            let site = try DocumentationSite(graph: graph, session: session, options: options)
            state.withLock {
                $0.site = site
                $0.mark = mark
            }
            return site
        } catch {
            guard (error as? WarehouseError)?.code == ErrorKind.cancelled.code else { throw error }
            TextOutput.standardError.note("mlwh: The documentation shows what was before: making it took too long.\n")
            return state.withLock(\.site)
        }
    }

    private static func mark(_ session: Session, _ options: DocumentationSite.Options) throws -> Mark {
        let files = ["run_history.jsonl", "sources.json"].map { name -> String in
            var state = stat()
            guard let folder = options.targetPath, stat("\(folder)/\(name)", &state) == 0 else { return "" }
            #if canImport(Darwin)
            let time = state.st_mtimespec
            #else
            let time = state.st_mtim
            #endif
            return "\(state.st_size) \(time.tv_sec).\(time.tv_nsec)"
        }
        return Mark(version: try session.warehouse.version(), files: files)
    }
}
