#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The Swift source of a project's types, found by their names in the files below a folder.
package struct SwiftSources: Sendable {
    /// By the name of the type; nil where several files declare one of that name.
    private var declarations: [String: String?] = [:]
    private static let maximumEntries = 100_000
    private static let maximumFileBytes = 4 << 20

    /// Reads all Swift files below a folder, hidden folders left out. A folder that is not there holds none.
    package init(folder: String, names: Set<String>) {
        var remaining = SwiftSources.maximumEntries
        for path in SwiftSources.files(folder, &remaining, depth: 0) {
            guard let text = SwiftSources.read(path) else { continue }
            for (name, source) in SwiftSources.declarations(in: text, names: names) {
                declarations[name] = declarations[name] == nil ? .some(source) : .some(nil)
            }
        }
    }

    /// The declaration of a type named as `Module.Type`, with the comment before it.
    package subscript(declaration: String) -> String? {
        declaration.split(separator: ".").last.flatMap { declarations[String($0)] ?? nil }
    }

    /// Top-level declarations of types with one of these names: their source with what is written right before.
    static func declarations(in text: String, names: Set<String>) -> [(name: String, source: String)] {
        var found: [(String, String)] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var index = 0
        while index < lines.count {
            guard let name = declaredName(lines[index]), names.contains(name) else { index += 1; continue }
            var start = index
            while start > 0, lines[start - 1].hasPrefix("///") || lines[start - 1].hasPrefix("@") { start -= 1 }
            let end = lastLine(of: lines, from: index)
            found.append((name, lines[start...end].joined(separator: "\n")))
            index = end + 1
        }
        return found
    }

    /// The name that a line at the top level declares.
    private static func declaredName(_ line: Substring) -> String? {
        guard let first = line.first, first.isLetter else { return nil }
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "@") }
        guard let place = words.prefix(4).firstIndex(where: { ["enum", "struct", "class"].contains($0) }),
              words.count > place + 1, words[..<place].allSatisfy({ ["public", "package", "internal", "final"].contains($0) })
        else { return nil }
        return String(words[place + 1])
    }

    /// Top-level code is not indented, so that a declaration ends at the first brace that is not.
    private static func lastLine(of lines: [Substring], from start: Int) -> Int {
        if lines[start].last == "}" { return start }
        var isText = false
        for index in start..<lines.count {
            let quotes = lines[index].split(separator: "\"\"\"", omittingEmptySubsequences: false).count - 1
            if quotes % 2 == 1 { isText.toggle() }
            if !isText, index > start, lines[index].first == "}" { return index }
        }
        return lines.count - 1
    }

    private static func files(_ folder: String, _ remaining: inout Int, depth: Int) -> [String] {
        guard depth < 32, let handle = opendir(folder) else { return [] }
        var names: [String] = []
        while let item = readdir(handle) {
            names.append(withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        closedir(handle)
        var found: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") && remaining > 0 {
            remaining -= 1
            let path = folder + "/" + name
            var state = stat()
            // What a link leads to is not followed: it may lead back.
            guard lstat(path, &state) == 0 else { continue }
            if state.st_mode & S_IFMT == S_IFDIR {
                found += files(path, &remaining, depth: depth + 1)
            } else if state.st_mode & S_IFMT == S_IFREG, name.hasSuffix(".swift") {
                found.append(path)
            }
        }
        return found
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 {
            bytes += piece[0..<count]
            if bytes.count > maximumFileBytes { return nil }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
