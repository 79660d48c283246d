#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing

/// The house rules that a reader relies on: short files, short lines, no heavy imports in the engine.
@Suite struct TidyTests {
    private static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    private static func files(_ folder: String) -> [String] {
        var found: [String] = []
        guard let handle = opendir(root + "/" + folder) else { return [] }
        defer { closedir(handle) }
        while let item = readdir(handle) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(".") { continue }
            let path = folder + "/" + name
            if name.hasSuffix(".swift") { found.append(path) } else { found += files(path) }
        }
        return found.sorted()
    }

    private static func lines(_ path: String) -> [Substring] {
        guard let file = fopen(root + "/" + path, "rb") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[0..<count] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func filesAndLinesAreShort() {
        let sources = Self.files("Sources"), tests = Self.files("Tests")
        #expect(sources.count > 300, "the sources were not found")
        for (paths, limit, width) in [(sources, 600, 130), (tests, 800, 150)] {
            for path in paths {
                let lines = Self.lines(path)
                #expect(lines.count <= limit, "\(path) has \(lines.count) lines; at most \(limit)")
                for (index, line) in lines.enumerated() where line.utf8.count > width && line.unicodeScalars.count > width {
                    Issue.record("\(path):\(index + 1) is \(line.unicodeScalars.count) wide; at most \(width)")
                }
            }
        }
    }

    /// Whoever imports the library builds neither Foundation nor another heavy package.
    @Test func theEngineStaysLight() {
        let heavy = ["import Foundation", "import ArgumentParser", "import NIO", "import Crypto", "import Yams"]
        let commands = ["Sources/WarehouseCommands/", "Sources/mlwh/", "Sources/slt/", "Sources/WarehouseS3/"]
        for path in Self.files("Sources") where !commands.contains(where: path.hasPrefix) {
            for line in Self.lines(path) where heavy.contains(where: line.hasPrefix) {
                Issue.record("\(path): \(line)")
            }
        }
    }

    /// Each target imports only what stands below it.
    @Test func importsPointDownwards() {
        let order = ["WarehouseBasics", "WarehouseTerminal", "WarehouseSQL", "WarehousePlan", "WarehouseColumns", "WarehouseStorage",
                     "WarehouseIngest", "WarehouseEngine", "MiniWarehouse", "WarehouseS3", "WarehouseModels",
                     "WarehouseCharts", "WarehouseDocs", "WarehouseServer", "WarehouseCommands",
                     "WarehouseScaffold", "mlwh"]
        for (level, target) in order.enumerated() {
            for path in Self.files("Sources/\(target)") {
                for line in Self.lines(path) where line.hasPrefix("import ") {
                    guard let other = order.firstIndex(of: String(line.dropFirst("import ".count))) else { continue }
                    #expect(other < level, "\(path) imports upwards: \(line)")
                }
            }
        }
    }

    /// Values are guarded by the one type that ThreadSanitizer sees through.
    @Test func locksAreOfOneType() {
        for path in Self.files("Sources") + Self.files("Tests/Trials") + Self.files("Tests/Torture")
        where path != "Sources/WarehouseBasics/Threads/Lock.swift" {
            for (index, line) in Self.lines(path).enumerated() where line.contains("Mutex<") || line.contains("Mutex(") {
                Issue.record("\(path):\(index + 1) makes a Mutex; a Lock is meant")
            }
        }
    }

    @Test func nothingIsLeftUnfinished() {
        let marks = ["TODO", "FIXME", "not built yet", "try!", "fatalError("].map { $0 }
        for path in Self.files("Sources") {
            for (index, line) in Self.lines(path).enumerated() {
                for mark in marks where line.contains(mark) {
                    Issue.record("\(path):\(index + 1) holds \(mark)")
                }
            }
        }
    }
}
