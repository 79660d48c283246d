#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import WarehouseBasics
import WarehouseSQL

/// What was typed at prompts, on disk: a line an entry, in UTF-8, `\n` for a line end and `\\` for a backslash.
///
/// Only its owner may read it. What may hold a secret never comes into it, nor what begins with a space. Several
/// prompts may write at once: each entry is one write at the end.
struct HistoryFile {
    static let maximumEntries = 10_000
    /// A longer text is not kept.
    static let maximumEntryBytes = 100_000

    let path: String

    /// MLWH_HISTORY, else `mlwh/history` in XDG_STATE_HOME or `~/.local/state`; nil: none is wanted, or there is no
    /// home.
    static var standard: HistoryFile? {
        if let path = getenv("MLWH_HISTORY") {
            return path.pointee == 0 ? nil : HistoryFile(path: FileNames.expanded(String(cString: path)))
        }
        if let folder = Environment.variable("XDG_STATE_HOME"), folder.hasPrefix("/") {
            return HistoryFile(path: folder + "/mlwh/history")
        }
        return Environment.variable("HOME").map { HistoryFile(path: $0 + "/.local/state/mlwh/history") }
    }

    /// Whether a text is kept on disk.
    static func keeps(_ text: String) -> Bool {
        guard !text.hasPrefix(" "), text.utf8.count <= maximumEntryBytes else { return false }
        // What a command hands to a shell is no SQL.
        if case .command(let command, let pending) = TypedText(text) {
            return !SecretMask.mayHoldSecret(command: command.rest) && !SecretMask.mayHoldSecret(pending)
        }
        return !(text.hasPrefix("\\") ? SecretMask.mayHoldSecret(command: text) : SecretMask.mayHoldSecret(text))
    }

    // MARK: Reading

    /// The entries, the oldest first. A file that cannot be read has none. One that has grown to twice its size is cut.
    func load() -> [String] {
        guard let bytes = try? TextFile.bytes(path) else { return [] }
        // A line that a failing disk or another program has spoilt costs itself alone.
        let lines = bytes.split(separator: 10).map { String(decoding: $0, as: UTF8.self).filter { $0 != "\0" }[...] }
            .filter { !$0.isEmpty }
        let kept = lines.suffix(HistoryFile.maximumEntries)
        if lines.count > 2 * HistoryFile.maximumEntries { rewrite(kept.map(String.init)) }
        return kept.map { HistoryFile.decoded($0) }
    }

    static func encoded(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\\": result += "\\\\"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func decoded(_ line: Substring) -> String {
        guard line.contains("\\") else { return String(line) }
        var result = String.UnicodeScalarView(), isEscaped = false
        for scalar in line.unicodeScalars {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
                continue
            }
            result.append(isEscaped ? (scalar == "n" ? "\n" : scalar == "r" ? "\r" : scalar) : scalar)
            isEscaped = false
        }
        return String(result)
    }

    // MARK: Writing

    /// Adds an entry, unless it is one that is not kept. That the disk does not take it is nothing to stop for.
    func append(_ text: String) {
        guard HistoryFile.keeps(text) else { return }
        makeFolders()
        write([text], flags: O_RDWR | O_APPEND | O_CREAT, to: path)
    }

    private func write(_ entries: [String], flags: CInt, to path: String) {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        var information = stat()
        guard fstat(file, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return }
        if information.st_mode & 0o077 != 0 { fchmod(file, 0o600) }
        // A line that was cut off, by a full disk say, must not take this one with it.
        var last: UInt8 = 10
        if information.st_size > 0 { pread(file, &last, 1, information.st_size - 1) }
        let output = TextOutput(descriptor: file)
        output.note((last == 10 ? "" : "\n") + entries.map { HistoryFile.encoded($0) + "\n" }.joined())
    }

    private func rewrite(_ lines: [String]) {
        let fresh = path + ".\(getpid())"
        write(lines.map { HistoryFile.decoded(Substring($0)) }, flags: O_WRONLY | O_CREAT | O_EXCL, to: fresh)
        if rename(fresh, path) != 0 { unlink(fresh) }
    }

    private func makeFolders() {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for count in parts.indices where count > 0 {
            mkdir(parts[...count].joined(separator: "/"), 0o700)
        }
    }
}
